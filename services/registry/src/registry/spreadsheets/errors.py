"""Why a file as a whole cannot be read. What is wrong with single cells is in `problems`."""

from http import HTTPStatus

from shared.errors import DomainError

from registry.spreadsheets.letters import letter_of


class UnreadableFile(DomainError):
    """Base of the errors about uploaded files."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "damaged_file"
    message = "The file is damaged or incomplete. Please open it, save it again and try once more."
    field = "file"


class FileTooLarge(UnreadableFile):
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    code = "file_too_large"
    message = "The file is larger than {megabytes} MB. Please leave out pictures and sheets that are not needed."


class UnpacksTooLarge(UnreadableFile):
    code = "unpacks_too_large"
    message = "The file unpacks to far more than a list needs. Please copy the list into a new file and try once more."


class TooDemanding(UnreadableFile):
    code = "too_demanding"
    message = (
        "The file needs more memory or time than one list may. Often single cells far to the right or far below are "
        "the reason: please copy the list into a new file and try once more."
    )


class TooManyRows(UnreadableFile):
    code = "too_many_rows"
    message = "The sheet has more than {rows} rows. Please split it into several files."


class TooManyColumns(UnreadableFile):
    code = "too_many_columns"
    message = "The sheet has more than {columns} columns. Please leave out what is not needed."


class CellTooLong(UnreadableFile):
    """`column` counts from 0."""

    code = "cell_too_long"
    message = "Row {row}, column {letter}: a cell holds more than {characters} characters."

    def __init__(self, row: int, column: int, characters: int) -> None:
        super().__init__(row=row, letter=letter_of(column), characters=characters)


class QuoteNotClosed(UnreadableFile):
    code = "quote_not_closed"
    message = "From row {row} on, a quotation mark is missing: a cell begins with one and does not end with one."


class ProtectedFile(UnreadableFile):
    code = "protected_file"
    message = "The file is protected with a password. Please save it without a password and try once more."


class WebPage(UnreadableFile):
    code = "web_page"
    message = (
        "This file is a web page, whatever its name says. Please open it in Excel or LibreOffice, save it as xlsx and "
        "try once more."
    )


class PdfFile(UnreadableFile):
    code = "pdf_file"
    message = "This file is a PDF, whatever its name says. Please ask for the list that it was made from."


class OtherSpreadsheet(UnreadableFile):
    code = "other_spreadsheet"
    message = "Spreadsheets in this format cannot be read. Please save it as xlsx, xls, ods or csv and try once more."


class NotASpreadsheet(UnreadableFile):
    code = "not_a_spreadsheet"
    message = "This file is not a spreadsheet, whatever its name says. Possible are xlsx, xls, ods and csv."


class EmptySheet(UnreadableFile):
    code = "empty_sheet"
    message = "There is nothing in this file."


class UnknownSheet(UnreadableFile):
    code = "unknown_sheet"
    message = "The file has no sheet “{sheet}”."


_ALL: list[type[UnreadableFile]] = [UnreadableFile, *UnreadableFile.__subclasses__()]
BY_CODE = {error.code: error for error in _ALL}
