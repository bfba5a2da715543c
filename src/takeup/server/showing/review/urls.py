"""Addresses of reviews."""

from __future__ import annotations

from django.urls import path

from takeup.server.showing.review import pages

urlpatterns = [
    path("reviews/<int:number>", pages.review, name="review"),
    path("reviews/<int:number>/comment", pages.review_comment, name="review_comment"),
    path("reviews/<int:number>/decide", pages.review_decide, name="review_decide"),
    path("reviews/<int:number>/sign", pages.review_sign, name="review_sign"),
    path("reviews/of/<path:name>/make", pages.review_make, name="review_make"),
    path("reviews/of/<path:name>", pages.reviews, name="reviews"),
]
