"""Mail to a real SMTP server and messages to a real HTTP endpoint: sent once, tried again, visible."""

from __future__ import annotations

import json
import re
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from aiosmtpd.controller import Controller

from tests.server.people import client_of, person, with_role
from tests.server.running import free_port


class Refusing:
    """A mail server that knows nobody, and says so by name."""

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        return f"550 no mailbox {address} here"


class Inbox:
    """What a mail server was given."""

    def __init__(self) -> None:
        self.mails: list[tuple[list[str], str]] = []

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        self.mails.append((envelope.rcpt_tos, envelope.content.decode()))
        return "250 kept"


@contextmanager
def mail_server(port: int, inbox=None):
    inbox = inbox or Inbox()
    controller = Controller(inbox, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield inbox
    finally:
        controller.stop()


@contextmanager
def channel(status: int = 200):
    told: list[dict] = []

    class Keeps(BaseHTTPRequestHandler):
        def do_POST(self):
            told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_):
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Keeps)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/hook", told
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def deployment(store, monkeypatch):
    """Lets a test name a mail server and channels in the settings."""
    from django.conf import settings

    def named(**changes):
        monkeypatch.setattr(settings, "TAKEUP", settings.TAKEUP.model_copy(update=changes))

    return named


def tell_leads(key="signal:1"):
    from takeup.server.foundation.notices.services import tell

    lead = with_role("programme_lead")
    tell([lead.handle], key, "North: use dropped", "30 % this week.", "/signals", to_webhooks=True)
    return lead


def test_mail_reaches_the_person_once_with_a_way_to_stop_it(deployment):
    from takeup.server.foundation.notices.deliver import deliver_waiting
    from takeup.server.foundation.notices.services import tell

    port = free_port()
    deployment(smtp_url=f"smtp://127.0.0.1:{port}", mail_from="takeup <t@example.org>")
    lead = tell_leads()
    with mail_server(port) as inbox:
        assert deliver_waiting() == (1, 0)
        assert deliver_waiting() == (0, 0)
        tell([lead.handle], "signal:1", "again", "again", "/signals")
        assert deliver_waiting() == (0, 0)
    ((to, content),) = inbox.mails
    assert to == [lead.email]
    assert "Subject: North: use dropped" in content
    text = content.replace("=\r\n", "").replace("=3D", "=")
    token = re.search(r"/notices/unsubscribe/(\S+)", text).group(1)
    anybody = client_of()
    assert b"No more mail of this kind?" in anybody.get(f"/notices/unsubscribe/{token}").content
    assert anybody.post(f"/notices/unsubscribe/{token}").status_code == 200
    tell([lead.handle], "signal:2", "South", "x", "/signals")
    with mail_server(port) as inbox:
        assert deliver_waiting() == (0, 0)
    assert inbox.mails == []
    assert "South" in client_of(lead).get("/notices").content.decode()


def test_what_people_typed_over_several_lines_is_told_in_one_and_its_mail_goes_out(deployment):
    from takeup.server.foundation.notices.deliver import deliver_waiting
    from takeup.server.foundation.notices.services import tell

    port = free_port()
    deployment(smtp_url=f"smtp://127.0.0.1:{port}", mail_from="takeup <t@example.org>")
    lead = tell_leads()
    tell([lead.handle], "decision:1", "Yours: talk\r\nBcc: all@example.org\n\n soon", "x", "/")
    with mail_server(port) as inbox:
        assert deliver_waiting() == (2, 0)
    assert "Subject: Yours: talk Bcc: all@example.org soon" in inbox.mails[1][1]


def test_a_forged_unsubscribe_link_changes_nothing(deployment):
    from takeup.server.foundation.notices.models import Wants

    assert client_of().post("/notices/unsubscribe/abc:def").status_code == 404
    assert not Wants.objects.exists()


def test_a_server_that_is_down_is_tried_again_and_the_failure_is_visible(deployment):
    from takeup.record.clock import at, now
    from takeup.server.foundation.notices.deliver import deliver_waiting
    from takeup.server.foundation.notices.models import Delivery

    port = free_port()
    deployment(smtp_url=f"smtp://127.0.0.1:{port}")
    lead = tell_leads()
    assert deliver_waiting() == (0, 1)
    assert deliver_waiting() == (0, 0)
    page = client_of(lead).get("/deliveries").content.decode()
    assert "1 message waits" in page
    assert "tried again" in page
    with mail_server(port) as inbox, at(now() + timedelta(minutes=2)):
        assert deliver_waiting() == (1, 0)
    assert len(inbox.mails) == 1
    one = Delivery.objects.get()
    assert (one.attempts, one.error, one.sent_at is None) == (2, "", False)


def test_no_mail_goes_out_in_quiet_hours_of_the_deployments_zone_and_what_waits_goes_after_them(deployment):  # fmt: skip
    from datetime import UTC, datetime

    from takeup.record.clock import at
    from takeup.server.foundation.notices.deliver import deliver_waiting

    port = free_port()
    deployment(smtp_url=f"smtp://127.0.0.1:{port}", quiet_hours="19-7", time_zone="Europe/Berlin")
    # Clocks change on 28 March 2027: seven in Berlin is six UTC before it, five after it.
    with at(datetime(2027, 3, 27, 18, 30, tzinfo=UTC)):
        lead = tell_leads()
        assert "North: use dropped" in client_of(lead).get("/notices").content.decode()
    with mail_server(port) as inbox:
        for quiet in (datetime(2027, 3, 27, 23, tzinfo=UTC), datetime(2027, 3, 28, 4, 59, tzinfo=UTC)):  # fmt: skip
            with at(quiet):
                assert deliver_waiting() == (0, 0)
        with at(datetime(2027, 3, 28, 5, 1, tzinfo=UTC)):
            assert deliver_waiting() == (1, 0)
    assert len(inbox.mails) == 1


@pytest.mark.parametrize("wrong", [{"quiet_hours": "all night"}, {"time_zone": "Berlin"}])
def test_quiet_hours_and_zones_that_are_none_are_refused_with_how_to_write_them(wrong):
    from pydantic import ValidationError

    from takeup.server.deployment.settings import ServerSettings

    with pytest.raises(ValidationError, match=r"19-7|Europe/Berlin"):
        ServerSettings(**wrong)


def test_after_ten_attempts_it_is_given_up_in_sight(deployment):
    from takeup.record.clock import at, now
    from takeup.server.foundation.notices.deliver import MOST_ATTEMPTS, deliver_waiting

    with channel(500) as (address, told):
        deployment(webhooks=address)
        lead = tell_leads()
        for hour in range(MOST_ATTEMPTS + 3):
            with at(now() + timedelta(hours=7 * hour)):
                deliver_waiting()
    assert len(told) == MOST_ATTEMPTS
    page = client_of(lead).get("/deliveries").content.decode()
    assert "1 message was given up" in page
    assert "the channel answered 500" in page


@pytest.mark.parametrize("flavour", ["slack", "teams"])
def test_a_channel_gets_the_form_it_reads(deployment, flavour):
    from takeup.server.foundation.notices.deliver import deliver_waiting

    with channel() as (address, told):
        deployment(webhooks=f"{flavour}+{address}")
        tell_leads()
        assert deliver_waiting() == (1, 0)
    (message,) = told
    if flavour == "slack":
        assert message["text"].startswith("*North: use dropped*")
    else:
        card = message["attachments"][0]["content"]
        assert card["type"] == "AdaptiveCard"
        assert card["body"][0]["text"] == "North: use dropped"
        assert card["actions"][0]["url"].endswith("/signals")


def test_without_a_mail_server_and_channels_nothing_waits_to_be_sent(deployment):
    from takeup.server.foundation.notices.models import Delivery

    lead = tell_leads()
    assert not Delivery.objects.exists()
    page = client_of(lead).get("/deliveries").content.decode()
    assert "<h1>Nothing was sent</h1>" in page
    assert "Everything was delivered" not in page


def test_the_digest_goes_to_leads_once_a_week(deployment):
    from datetime import date

    from takeup.record.clock import now
    from takeup.server.foundation.notices.models import Notice
    from takeup.server.showing.overview.models import Snapshot
    from takeup.server.showing.weekly.digest import write_digest

    lead = with_role("programme_lead")
    with_role("practitioner")
    told = {"title": "Credit", "verdict": "High rate, low quality."}
    Snapshot.objects.create(
        use_case="credit", day=now().date(), taken_at=now(), document={}, body="", overview=told
    )
    assert write_digest(date(2026, 11, 23)) == 1
    assert write_digest(date(2026, 11, 25)) == 0  # A Wednesday; the review is on Mondays.
    (notice,) = Notice.objects.all()
    assert (notice.handle, "High rate, low quality." in notice.text) == (lead.handle, True)
    write_digest(date(2026, 11, 30))
    assert Notice.objects.count() == 2


def test_the_page_of_deliveries_names_nobody_whom_a_mail_server_refused(deployment):
    from takeup.server.foundation.notices.deliver import deliver_waiting
    from takeup.server.foundation.notices.models import Delivery
    from takeup.server.foundation.notices.services import tell

    port = free_port()
    deployment(smtp_url=f"smtp://127.0.0.1:{port}", mail_from="takeup <t@example.org>")
    someone = with_role("practitioner")
    with mail_server(port, Refusing()):
        tell(
            [someone.handle], "survey:1:reminded:x", "Still open", "Twenty statements.", "/survey/x"
        )
        assert deliver_waiting() == (0, 1)
    (one,) = Delivery.objects.all()
    assert "550" in one.error
    assert "no mailbox (the address) here" in one.error
    page = client_of(with_role("programme_lead")).get("/deliveries").content.decode()
    assert someone.email.lower() not in page.lower()


def test_a_message_that_was_deleted_while_it_was_sent_stays_deleted(deployment, monkeypatch):
    from takeup.server.foundation.notices import deliver as sending
    from takeup.server.foundation.notices.models import Delivery
    from takeup.server.foundation.notices.services import forget_told, tell

    deployment(smtp_url="smtp://127.0.0.1:1", mail_from="takeup <t@example.org>")
    tell([with_role("practitioner").handle], "survey:1:x", "Still open", "Twenty.", "/survey/x")
    monkeypatch.setitem(sending._SENDERS, "mail", lambda one: forget_told("survey:1:"))
    assert sending.deliver_waiting() == (1, 0)
    assert not Delivery.objects.exists()


def test_how_many_were_reminded_of_a_survey_is_not_counted_by_their_mails(deployment):
    """As many lines as mails told a programme lead how many of a population had not answered."""
    from takeup.server.foundation.notices.services import tell

    deployment(smtp_url="smtp://127.0.0.1:1", mail_from="takeup <t@example.org>")
    lead = with_role("programme_lead")
    people = [person(f"asked-{n}") for n in range(5)]

    def page() -> str:
        whole = client_of(lead).get("/deliveries").content.decode()
        return whole[whole.index("<h1>") : whole.index("</section>")]

    tell([people[0].handle], "survey:1:reminded:x", "Still open", "Twenty statements.", "/survey/x", kind="digest")  # fmt: skip
    one = page()
    assert "Still open" not in one
    assert "1 message waits" in one
    for someone in people[1:]:
        tell([someone.handle], "survey:1:reminded:x", "Still open", "Twenty statements.", "/survey/x", kind="digest")  # fmt: skip
    assert page() == one


def test_the_page_of_deliveries_does_not_say_that_a_manager_was_told_alone(deployment):
    """With one manager in a programme the line `You have not opened the week …` was about that one."""
    from takeup.server.foundation.notices.services import tell

    deployment(smtp_url="smtp://127.0.0.1:1", mail_from="takeup <t@example.org>")
    lead, manager = with_role("programme_lead"), with_role("manager")
    tell([lead.handle], "week", "The week", "It is Monday.", "/week", kind="digest")

    def page() -> str:
        whole = client_of(lead).get("/deliveries").content.decode()
        return whole[whole.index("<h1>") : whole.index("</section>")]

    before = page()
    tell([manager.handle], "weekly:unopened:credit:x", "You have not opened the week", "Only you are told.", "/team")  # fmt: skip
    assert page() == before
    assert "Mail to people" in before
