"""How long this service keeps what."""

from shared.retention import Emptying, Period, Removing, Rule
from shared.retention.activities import CONTACTS, NOTICES
from shared.retention.common import AUDIT_RULES, ERASURE_RULES, MESSAGING_RULES, WITHOUT_PERSONS
from sqlalchemy import func, null

from notifications.directory.model import Contact, Person
from notifications.notices.model import SECRETS, Notice, NoticeStatus

RULES = (
    Rule(
        slug="notice-secrets",
        name="Inhalte nicht zugestellter E-Mails",
        activity=NOTICES,
        data="Adresse, Inhalt, Antwort-Link und Einwahl-Adresse einer E-Mail; sie werden nach der Zustellung sofort "
        "geleert",
        subjects="Empfängerinnen und Empfänger von E-Mails",
        recipients="der E-Mail-Server",
        since="nach dem, worum es ging",
        period=Period(days=1),
        removal=Emptying(
            Notice,
            lambda before: (
                (Notice.expires_at < before)
                & (Notice.status != NoticeStatus.PENDING)
                & (func.num_nonnulls(*SECRETS) > 0)
            ),
            {secret.key: null() for secret in SECRETS},
        ),
    ),
    Rule(
        slug="notices",
        name="Benachrichtigungen",
        activity=NOTICES,
        data="Wer wann worüber benachrichtigt wurde und ob es angekommen ist; Kennungen statt Namen",
        subjects="Empfängerinnen und Empfänger von E-Mails",
        recipients="Zuständige des Netzwerks, ohne die Namen",
        since="nach dem, worum es ging",
        period=Period(months=6),
        removal=Removing(Notice, lambda before: (Notice.expires_at < before) & (Notice.status != NoticeStatus.PENDING)),
    ),
    Rule(
        slug="directory",
        name="Adressbuch für E-Mails",
        activity=CONTACTS,
        data="Name, E-Mail-Adresse, Sprache; für welchen Verein jemand spricht",
        subjects="Ansprechpersonen, Freiwillige, Menschen mit Konto",
        recipients="der E-Mail-Server",
        since="bis die Person gelöscht wird",
        tables=(Person.__tablename__, Contact.__tablename__),
    ),
    Rule(
        slug="subscriptions",
        name="Bestellte Rundbriefe",
        activity=NOTICES,
        data="Wer den Rundbrief welcher Netzwerke bekommt",
        subjects="Menschen, die in Rundbriefe eingewilligt haben",
        recipients="der E-Mail-Server",
        since="bis zum Widerruf der Einwilligung oder bis die Person gelöscht wird",
        tables=("subscription",),
    ),
    *AUDIT_RULES,
    *ERASURE_RULES,
    *MESSAGING_RULES,
)

EXEMPT = {
    **WITHOUT_PERSONS,
    "merged_person": "Kennungen: welcher Eintrag für einen früheren steht; sie führen nach einer Löschung zu niemandem",
    "network": "Namen von Netzwerken",
    "organisation": "Namen von Vereinen",
}
