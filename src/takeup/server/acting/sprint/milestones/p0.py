"""P0: what must be clear before the first day."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from takeup.server.acting.sprint.milestone import Attest, Check, Milestone
from takeup.server.acting.sprint.seeing import Reaches
from takeup.server.deployment.roles import Role

MILESTONE = Milestone(
    "P0",
    _("Purpose, data and people are clear"),
    "before",
    -30,
    0,
    Role.PROGRAMME_LEAD,
    items=(
        Attest(
            "purpose",
            _("The purpose and the list of data are written down"),
            (Role.PROGRAMME_LEAD,),
        ),
        Attest(
            "impact",
            _("The data protection impact was assessed, or why it need not be"),
            (
                Role.PROGRAMME_LEAD,
                Role.OVERSIGHT_OFFICER,
            ),
        ),
        Attest(
            "informed",
            _("Those whose work it is were informed"),
            (
                Role.PROGRAMME_LEAD,
                Role.ROLE_OWNER,
                Role.WORKER_REPRESENTATIVE,
            ),
        ),
        Check(
            "agreement",
            _("An agreement is in force where works-council mode asks for one"),
            Reaches("agreement.stands", at_least=1, unit="yes"),
        ),
        Attest(
            "legal",
            _("The legal class of the AI system is known"),
            (
                Role.PROGRAMME_LEAD,
                Role.OVERSIGHT_OFFICER,
                Role.PRODUCT_TEAM,
            ),
        ),
        Check(
            "baseline",
            _("The figures of before are kept"),
            Reaches("use.baseline", at_least=1, unit="yes"),
        ),
    ),
)
