#!/usr/bin/env bash
# python-json-logger with Django: every line of `django.request` holds the whole address, query and all.
#
# django 5.2.19, python-json-logger 4.2.0 (Python 3.11), run on 30 November 2026.
# Django hands the request to its log records as an extra, and the JSON formatter writes every extra. What a
# request object looks like as text is its method and full path, so that what somebody searched for stands in
# each line about a 404, though the message itself names the path alone. A filter that cleans strings does
# not see it: in the record it is an object.
#
# Output seen:
#   message: Not Found: /nosuch
#   request: <WSGIRequest: GET '/nosuch?name=Ada'>
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q "django==5.2.19" "python-json-logger==4.2.0"
cat > "$folder/run.py" <<'PYTHON'
import io
import json
import logging

import django
from django.conf import settings
from pythonjsonlogger.json import JsonFormatter

settings.configure(ALLOWED_HOSTS=["testserver"], ROOT_URLCONF=__name__, SECRET_KEY="invented")
django.setup()
urlpatterns = []
written = io.StringIO()
handler = logging.StreamHandler(written)
handler.setFormatter(JsonFormatter("%(message)s"))
logging.getLogger("django.request").addHandler(handler)

from django.test import Client

Client().get("/nosuch?name=Ada")
line = json.loads(written.getvalue())
print("message:", line["message"])
print("request:", line["request"])
assert line["message"] == "Not Found: /nosuch", "the behaviour has changed"
assert line["request"] == "<WSGIRequest: GET '/nosuch?name=Ada'>", "the behaviour has changed"
PYTHON
"$folder/venv/bin/python" "$folder/run.py"
