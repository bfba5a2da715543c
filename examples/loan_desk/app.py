"""A small loan desk: a list, an application, a decision. Its own database; everything about takeup is in
`advice.py` and in one element of `templates/application.html`.

    TAKEUP_URL=http://127.0.0.1:8000 TAKEUP_KEY=tk_… TAKEUP_USE_CASE=credit-line python app.py
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from advice import advice_for, decided
from applications import applications
from flask import (
    Flask,
    Response,
    abort,
    redirect,
    render_template,
    request,
    send_from_directory,
    session,
    url_for,
)

HERE = Path(__file__).parent
WEB = HERE.parents[1] / "clients" / "web"
DATABASE = os.environ.get("LOAN_DESK_DATABASE", "loan-desk.sqlite3")
app = Flask(__name__)
app.secret_key = os.environ.get("LOAN_DESK_SECRET", "only for trying it out")
APPLICATIONS = {one["number"]: one for one in applications()}
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; form-action 'self'; connect-src 'self' {takeup}"


def store() -> closing[sqlite3.Connection]:
    """The desk's own decisions."""
    held = sqlite3.connect(DATABASE, isolation_level=None)
    held.execute(
        "CREATE TABLE IF NOT EXISTS decision"
        " (number TEXT PRIMARY KEY, choice TEXT, how TEXT, officer TEXT, at TEXT)"
    )
    return closing(held)


@app.after_request
def policy(response: Response) -> Response:
    """No script and no style but the desk's own; connections to takeup alone."""
    takeup = os.environ.get("TAKEUP_URL", "http://127.0.0.1:8000")
    response.headers["Content-Security-Policy"] = POLICY.format(takeup=takeup)
    return response


@app.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> Any:
    """Whoever sits at the desk (a real desk asks the bank's directory)."""
    if request.method == "POST":
        session["officer"] = request.form["officer"].strip()
        return redirect(url_for("todo"))
    return render_template("sign_in.html")


@app.get("/")
def todo() -> Any:
    """Applications that wait."""
    if "officer" not in session:
        return redirect(url_for("sign_in"))
    with store() as held:
        done = {row[0] for row in held.execute("SELECT number FROM decision")}
    waiting = [one for number, one in APPLICATIONS.items() if number not in done]
    return render_template("list.html", waiting=waiting[:12], left=len(waiting))


@app.get("/applications/<number>")
def application(number: str) -> Any:
    """One application, the advice on it, and the desk's own form."""
    if "officer" not in session:
        return redirect(url_for("sign_in"))
    one = APPLICATIONS.get(number) or abort(404)
    with store() as held:
        row = held.execute("SELECT choice, how FROM decision WHERE number = ?", [number]).fetchone()
    advice = None if row else advice_for(one, session["officer"], request.host_url.rstrip("/"))
    following = next((n for n in APPLICATIONS if int(n) > int(number)), number)
    return render_template(
        "application.html", one=one, advice=advice, decision=row, following=following
    )


@app.get("/applications/<number>/evidence")
def evidence(number: str) -> Any:
    """What the model looked at, month by month."""
    return render_template("evidence.html", one=APPLICATIONS.get(number) or abort(404))


@app.post("/applications/<number>/decision")
def decision(number: str) -> Any:
    """Save the decision: of the recommendation (JSON) or of the desk's own form."""
    one = APPLICATIONS.get(number) or abort(404)
    told = request.get_json() if request.is_json else {"choice": request.form["choice"]}
    how = told.get("action") or "form"
    with store() as held:
        held.execute(
            "INSERT OR REPLACE INTO decision VALUES (?, ?, ?, ?, ?)",
            [number, str(told["choice"]), how, session["officer"], datetime.now(UTC).isoformat()],
        )
    decided(one["number"], session["officer"], told)
    return ("", 204) if request.is_json else redirect(url_for("todo"))


@app.delete("/applications/<number>/decision")
def undone(number: str) -> Any:
    """Take a decision back; the next one replaces it in takeup too."""
    with store() as held:
        held.execute("DELETE FROM decision WHERE number = ?", [number])
    return "", 204


@app.get("/takeup-recommendation.js")
def component() -> Response:
    """The component, as it is: there is nothing to build."""
    return send_from_directory(WEB, "takeup-recommendation.js")


if __name__ == "__main__":
    app.run(port=int(os.environ.get("LOAN_DESK_PORT", "8020")))
