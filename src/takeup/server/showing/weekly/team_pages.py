"""x"""

from django.http import HttpRequest, HttpResponse


def my_team(request: HttpRequest) -> HttpResponse:
    """x"""
    return HttpResponse("")
