"""The register of processing activities (Art. 30 GDPR), from the rules of all services."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shared.retention.activities import Activity
from shared.retention.rules import Rule

TRANSFER = "Keine Übermittlung in Drittländer oder an internationale Organisationen (Art. 30 Abs. 1 Buchst. e DSGVO)."
# Art. 30 (1) (g), Art. 32 GDPR: each of them is tested with every change of the software.
MEASURES = (
    "Verschlüsselte Übertragung (TLS) zwischen Browser und Plattform.",
    "Rechte nach Rolle und Gebiet; die Datenbank verbirgt fremde Zeilen auch dort, wo ein Filter vergessen würde.",
    "Anmeldung mit Dienstkonto oder einmal gültigem Link; Geheimnisse werden nur als Prüfsumme gespeichert.",
    "Protokoll der Zugriffe, das nur ergänzt werden kann und dessen Veränderung auffällt.",
    "Ereignisse zwischen den Diensten nennen Kennungen statt Namen; Namen kennt nur, wer sie braucht.",
    "Tägliches Löschen nach festen Fristen, mit Bericht; nach einer Wiederherstellung wird erneut gelöscht.",
    "Getrennte Datenbanken je Dienst; Programme laufen ohne besondere Rechte.",
    "Keine Inhalte von anderen Anbietern auf den Seiten, keine Besucherzählung.",
)


@dataclass(frozen=True)
class Record:
    """One activity with all classes of data that belong to it, in whatever service they are."""

    activity: Activity
    rules: tuple[Rule, ...]


def records_of(rules: Iterable[Rule]) -> list[Record]:
    """Activities by name, their classes of data in the order of the rules; what several services declare once."""
    grouped: dict[Activity, dict[str, Rule]] = {}
    for rule in rules:
        grouped.setdefault(rule.activity, {}).setdefault(rule.name, rule)
    return [
        Record(activity, tuple(found.values()))
        for activity, found in sorted(grouped.items(), key=lambda item: item[0].name)
    ]


def to_markdown(rules: Sequence[Rule]) -> str:
    """The register as a page of docs/."""
    parts = [
        _HEAD,
        *(_section(record) for record in records_of(rules)),
        "## Technische und organisatorische Maßnahmen\n",
    ]
    return "\n".join(parts) + "\n" + "".join(f"- {measure}\n" for measure in MEASURES)


_HEAD = f"""# Verzeichnis von Verarbeitungstätigkeiten

Nach Art. 30 DSGVO. Erzeugt von `make contracts` aus den Löschregeln der Dienste; bitte nicht von Hand ändern.
Im Portal steht es unter `/verarbeitungen`, dort mit den Angaben des Verantwortlichen.

**Verantwortlicher und Datenschutzbeauftragte:** wie im Impressum (Einstellungen `DORFNETZ_OPERATOR_NAME`,
`DORFNETZ_OPERATOR_ADDRESS`, `DORFNETZ_OPERATOR_EMAIL`, `DORFNETZ_OPERATOR_PHONE`, `DORFNETZ_PRIVACY_OFFICER`).

**Drittländer:** {TRANSFER}
"""


def _section(record: Record) -> str:
    head = (
        f"## {record.activity.name}\n\n**Zweck:** {record.activity.purpose}\n\n"
        f"**Rechtsgrundlage:** {record.activity.legal_basis}\n\n"
        "| Daten | Inhalt | Betroffene | Empfänger | Aufbewahrung |\n|---|---|---|---|---|\n"
    )
    return head + "".join(
        f"| {rule.name} | {rule.data} | {rule.subjects} | {rule.recipients} | {rule.kept} |\n" for rule in record.rules
    )
