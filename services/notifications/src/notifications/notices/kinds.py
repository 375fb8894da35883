"""What a notice can say."""

from enum import StrEnum

from shared.contracts.notifications import NoticeKind as PublicKind


class NoticeKind(StrEnum):
    """The public kinds, of which events tell how they ended, and those that are nobody else's business."""

    MEETING_INVITATION = PublicKind.MEETING_INVITATION.value
    ANSWER_CONFIRMATION = PublicKind.ANSWER_CONFIRMATION.value
    REGISTRATION_CONFIRMATION = PublicKind.REGISTRATION_CONFIRMATION.value
    INVITATION_TRIAL = "invitation_trial"
    LOGIN_LINK = "login_link"
    SIGN_UP_CONFIRMATION = "sign_up_confirmation"
    GUEST_CONFIRMATION = "guest_confirmation"
    WAITING_LIST = "waiting_list"
    PLACE_OFFERED = "place_offered"
    PLACE_LAPSED = "place_lapsed"
    REGISTRATION_WITHDRAWN = "registration_withdrawn"
    WITHDRAWAL_NOTICE = "withdrawal_notice"
    NEW_MEETING = "new_meeting"
    MEETING_CHANGED = "meeting_changed"
    MEETING_CANCELLED = "meeting_cancelled"
    SERIES_CHANGED = "series_changed"
    HELP_REQUEST = "help_request"
    ENTRY_CONFIRMATION = "entry_confirmation"
    ACTION_ITEM_REMINDER = "action_item_reminder"
    MINUTES_REMINDER = "minutes_reminder"
    ADDRESS_CONFIRMATION = "address_confirmation"
    ADDRESS_WARNING = "address_warning"

    @property
    def public(self) -> PublicKind | None:
        """The kind as events name it, None if they are silent about it."""
        return PublicKind(self.value) if self.value in {kind.value for kind in PublicKind} else None
