"""The words that people agree to. A text is never changed: a new one gets a new version, older ones stay readable."""

from registry.volunteers.model import ConsentPurpose

# German only: the words are what was agreed to (Art. 7 DSGVO), so they are data and not translated.
TEXTS: dict[ConsentPurpose, dict[str, str]] = {
    ConsentPurpose.CONTACT: {
        "2026-11": (
            "Ich bin einverstanden, dass mein Name, meine E-Mail-Adresse oder Telefonnummer, meine Einsatzfelder und "
            "Einsatzgebiete gespeichert werden und dass mich die hauptamtlich Zuständigen meiner Gemeinde, meines "
            "Netzwerks und des Landkreises zu freiwilligem Engagement ansprechen. Veröffentlicht wird davon nichts. "
            "Diese Einwilligung kann ich jederzeit mit Wirkung für die Zukunft widerrufen."
        ),
    },
}


def current_version(purpose: ConsentPurpose) -> str:
    """The version that has to be shown now."""
    return max(TEXTS[purpose])
