"""Addresses of the survey."""

from __future__ import annotations

from django.urls import path

from takeup.server.acting.survey import answering, pages

urlpatterns = [
    path("surveys", pages.surveys, name="surveys"),
    path("surveys/open", pages.survey_open, name="survey_open"),
    path("surveys/text", pages.survey_text, name="survey_text"),
    path("surveys/text/agree", pages.survey_agree, name="survey_agree"),
    path("surveys/<int:number>/remind", pages.survey_remind, name="survey_remind"),
    path("surveys/<int:number>/withdraw", pages.survey_withdraw, name="survey_withdraw"),
    path("surveys/<int:number>/take-over", pages.survey_take_over, name="survey_take_over"),
    path("survey/<str:token>", answering.survey_answer, name="survey_answer"),
]
