"""The words that people agree to. A text is never changed: a new one gets a new version, older ones stay readable."""

from shared.contracts.registry import ConsentPurpose

# German only: the words are what was agreed to (Art. 7 DSGVO), so they are data and not translated.
TEXTS: dict[ConsentPurpose, dict[str, str]] = {
    ConsentPurpose.CONTACT: {
        "2026-11": (
            "Ich bin einverstanden, dass mein Name, meine E-Mail-Adresse oder Telefonnummer, meine Einsatzfelder und "
            "Einsatzgebiete gespeichert werden, dazu das, was ich über meine Zeit, meine Kenntnisse und Sprachen und "
            "meine Anschrift angebe, und dass mich die hauptamtlich Zuständigen der Gemeinden und Netzwerke, "
            "in denen ich helfen möchte, und des Landkreises zu freiwilligem Engagement ansprechen. Veröffentlicht "
            "wird davon nichts. Diese Einwilligung kann ich jederzeit mit Wirkung für die Zukunft widerrufen."
        ),
    },
    ConsentPurpose.PUBLICATION: {
        "2026-11": (
            "Ich bin einverstanden, dass mein Name auf den öffentlichen Seiten der Netzwerke und Dörfer steht: bei "
            "meinem Verein mit meiner Funktion und, wenn ich mich als Freiwillige oder Freiwilliger eingetragen habe, "
            "mit meinen Einsatzfeldern und Einsatzgebieten. Adresse und Telefonnummer werden nicht gezeigt. Die Seiten "
            "kann jeder Mensch im Internet lesen. Diese Einwilligung kann ich jederzeit mit Wirkung für die Zukunft "
            "widerrufen."
        ),
    },
    ConsentPurpose.NEWSLETTER: {
        "2026-11": (
            "Ich möchte eine E-Mail bekommen, wenn in meinem Netzwerk ein neues Treffen veröffentlicht wird. Jede "
            "dieser E-Mails enthält einen Link zum Abbestellen. Diese Einwilligung kann ich jederzeit mit Wirkung für "
            "die Zukunft widerrufen."
        ),
    },
    ConsentPurpose.SHARING: {
        "2026-11": (
            "Ich bin einverstanden, dass auch die hauptamtlich Zuständigen anderer Gemeinden im Landkreis meine "
            "Angaben sehen und mich ansprechen, wenn mein Einsatzgebiet bis dorthin reicht. Diese Einwilligung kann "
            "ich jederzeit mit Wirkung für die Zukunft widerrufen."
        ),
    },
    ConsentPurpose.PHOTOS: {
        "2026-11": (
            "Ich bin einverstanden, dass Fotos, die bei Treffen und gemeinsamen Aktionen entstehen und auf denen ich "
            "zu erkennen bin, auf den Seiten des Netzwerks und in der örtlichen Presse gezeigt werden. Diese "
            "Einwilligung kann ich jederzeit mit Wirkung für die Zukunft widerrufen."
        ),
    },
}


def current_version(purpose: ConsentPurpose) -> str:
    """The version that has to be shown now."""
    return max(TEXTS[purpose])


def text_of(purpose: ConsentPurpose, version: str) -> str:
    """The words of a version, also of one that is no longer shown."""
    return TEXTS[purpose][version]
