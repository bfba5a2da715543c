"""Addresses of the weekly review."""

from __future__ import annotations

from django.urls import path

from takeup.server.showing.weekly import pages, review_pages, team_pages

urlpatterns = [
    path("week", pages.weekly, name="weekly"),
    path("week/day", review_pages.weekly_day, name="weekly_day"),
    path("week/review/<int:number>", review_pages.weekly_review, name="weekly_review"),
    path("week/review/<int:number>/decide", review_pages.weekly_decide, name="weekly_decide"),
    path("week/decision/<int:number>/done", review_pages.weekly_done, name="weekly_done"),
    path(
        "week/decision/<int:number>/owner", review_pages.weekly_hand_over, name="weekly_hand_over"
    ),
    path("week/of/<path:name>/reviews", review_pages.weekly_reviews, name="weekly_reviews"),
    path("week/of/<path:name>/open", review_pages.weekly_open, name="weekly_open"),
    path("week/of/<path:name>", pages.weekly_of, name="weekly_of"),
    path("team", team_pages.my_team, name="my_team"),
]
