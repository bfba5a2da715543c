"""Addresses of conversations."""

from __future__ import annotations

from django.urls import path

from takeup.server.acting.conversations import pages

urlpatterns = [
    path("conversations", pages.conversations, name="conversations"),
    path("conversations/draw", pages.conversation_draw, name="conversation_draw"),
    path("conversations/<int:number>/names", pages.conversation_names, name="conversation_names"),
    path("conversations/<int:number>/write", pages.conversation_write, name="conversation_write"),
    path("conversations/<int:number>/code", pages.conversation_code, name="conversation_code"),
    path("conversations/<int:number>/agree", pages.conversation_agree, name="conversation_agree"),
    path("conversations/<int:number>/publish", pages.conversation_publish, name="conversation_publish"),
    path("conversations/<int:number>/withdraw", pages.conversation_withdraw, name="conversation_withdraw"),
    path("conversations/<int:number>", pages.conversation_told, name="conversation_told"),
    path("conversations/<int:number>/comment", pages.conversation_comment, name="conversation_comment"),
]  # fmt: skip
