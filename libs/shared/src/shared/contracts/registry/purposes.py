"""Tax-privileged purposes, which associations name in their statutes."""

from enum import StrEnum


class Purpose(StrEnum):
    """The purposes of § 52 Abs. 2 Satz 1 AO in their order, then those of §§ 53 and 54 AO (as of 2026)."""

    SCIENCE = "science"
    RELIGION = "religion"
    PUBLIC_HEALTH = "public_health"
    YOUTH_AND_ELDERLY = "youth_and_elderly"
    ARTS_AND_CULTURE = "arts_and_culture"
    MONUMENTS = "monuments"
    EDUCATION = "education"
    ENVIRONMENT = "environment"
    WELFARE = "welfare"
    REFUGEES_AND_PERSECUTED = "refugees_and_persecuted"
    RESCUE = "rescue"
    FIRE_AND_CIVIL_PROTECTION = "fire_and_civil_protection"
    INTERNATIONAL_UNDERSTANDING = "international_understanding"
    ANIMAL_PROTECTION = "animal_protection"
    DEVELOPMENT_COOPERATION = "development_cooperation"
    CONSUMER_PROTECTION = "consumer_protection"
    PRISONERS = "prisoners"
    EQUAL_RIGHTS = "equal_rights"
    MARRIAGE_AND_FAMILY = "marriage_and_family"
    CRIME_PREVENTION = "crime_prevention"
    SPORT = "sport"
    LOCAL_HERITAGE = "local_heritage"
    GARDENS_AND_CUSTOMS = "gardens_and_customs"
    DEMOCRACY = "democracy"
    CIVIC_ENGAGEMENT = "civic_engagement"
    CHILDRENS_GRAVES = "childrens_graves"
    AFFORDABLE_HOUSING = "affordable_housing"
    CHARITABLE = "charitable"
    CHURCH = "church"


PURPOSE_WORDING = {
    Purpose.SCIENCE: ("§ 52 Abs. 2 Nr. 1 AO", "Wissenschaft und Forschung"),
    Purpose.RELIGION: ("§ 52 Abs. 2 Nr. 2 AO", "Religion"),
    Purpose.PUBLIC_HEALTH: ("§ 52 Abs. 2 Nr. 3 AO", "Gesundheitswesen und Gesundheitspflege"),
    Purpose.YOUTH_AND_ELDERLY: ("§ 52 Abs. 2 Nr. 4 AO", "Jugend- und Altenhilfe"),
    Purpose.ARTS_AND_CULTURE: ("§ 52 Abs. 2 Nr. 5 AO", "Kunst und Kultur"),
    Purpose.MONUMENTS: ("§ 52 Abs. 2 Nr. 6 AO", "Denkmalschutz und Denkmalpflege"),
    Purpose.EDUCATION: ("§ 52 Abs. 2 Nr. 7 AO", "Erziehung, Volks- und Berufsbildung"),
    Purpose.ENVIRONMENT: ("§ 52 Abs. 2 Nr. 8 AO", "Natur-, Landschafts-, Umwelt-, Klima- und Hochwasserschutz"),
    Purpose.WELFARE: ("§ 52 Abs. 2 Nr. 9 AO", "Wohlfahrtswesen"),
    Purpose.REFUGEES_AND_PERSECUTED: ("§ 52 Abs. 2 Nr. 10 AO", "Hilfe für Verfolgte, Geflüchtete und Opfer"),
    Purpose.RESCUE: ("§ 52 Abs. 2 Nr. 11 AO", "Rettung aus Lebensgefahr"),
    Purpose.FIRE_AND_CIVIL_PROTECTION: (
        "§ 52 Abs. 2 Nr. 12 AO",
        "Feuer-, Arbeits-, Katastrophen- und Zivilschutz, Unfallverhütung",
    ),
    Purpose.INTERNATIONAL_UNDERSTANDING: ("§ 52 Abs. 2 Nr. 13 AO", "Internationale Gesinnung und Völkerverständigung"),
    Purpose.ANIMAL_PROTECTION: ("§ 52 Abs. 2 Nr. 14 AO", "Tierschutz"),
    Purpose.DEVELOPMENT_COOPERATION: ("§ 52 Abs. 2 Nr. 15 AO", "Entwicklungszusammenarbeit"),
    Purpose.CONSUMER_PROTECTION: ("§ 52 Abs. 2 Nr. 16 AO", "Verbraucherberatung und Verbraucherschutz"),
    Purpose.PRISONERS: ("§ 52 Abs. 2 Nr. 17 AO", "Fürsorge für Strafgefangene"),
    Purpose.EQUAL_RIGHTS: ("§ 52 Abs. 2 Nr. 18 AO", "Gleichberechtigung von Frauen und Männern"),
    Purpose.MARRIAGE_AND_FAMILY: ("§ 52 Abs. 2 Nr. 19 AO", "Schutz von Ehe und Familie"),
    Purpose.CRIME_PREVENTION: ("§ 52 Abs. 2 Nr. 20 AO", "Kriminalprävention"),
    Purpose.SPORT: ("§ 52 Abs. 2 Nr. 21 AO", "Sport"),
    Purpose.LOCAL_HERITAGE: ("§ 52 Abs. 2 Nr. 22 AO", "Heimatpflege, Heimatkunde und Ortsverschönerung"),
    Purpose.GARDENS_AND_CUSTOMS: (
        "§ 52 Abs. 2 Nr. 23 AO",
        "Tier- und Pflanzenzucht, Kleingärten, Brauchtum und Karneval, Modellflug, Amateurfunk, Hundesport",
    ),
    Purpose.DEMOCRACY: ("§ 52 Abs. 2 Nr. 24 AO", "Demokratisches Staatswesen"),
    Purpose.CIVIC_ENGAGEMENT: ("§ 52 Abs. 2 Nr. 25 AO", "Bürgerschaftliches Engagement"),
    Purpose.CHILDRENS_GRAVES: ("§ 52 Abs. 2 Nr. 26 AO", "Friedhöfe und Gedenkstätten für Kinder und Föten"),
    Purpose.AFFORDABLE_HOUSING: ("§ 52 Abs. 2 Nr. 27 AO", "Wohngemeinnützigkeit"),
    Purpose.CHARITABLE: ("§ 53 AO", "Mildtätige Zwecke"),
    Purpose.CHURCH: ("§ 54 AO", "Kirchliche Zwecke"),
}
"""Where the law has each purpose, as notices of the tax office name it, and its short German name."""
