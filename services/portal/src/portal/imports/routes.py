"""/importe: bringing lists from Excel into the directory, step by step."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from shared.access.grants import Role, ScopeKind
from shared.errors import NotFound, Unavailable
from shared.i18n import N_
from starlette.responses import Response

from portal.imports import columns
from portal.imports.uploads import LARGEST, Upload, is_too_large
from portal.imports.wording import CHOICES, ENTRIES, KINDS, OUTCOMES, REASONS, SHOWN, STATES
from portal.people.places import place_names
from portal.web.forms import Form
from portal.web.messages import with_message
from portal.web.services import Problem, Refused, problem_of
from portal.web.view import STAFF, StaffView, View

router = APIRouter(prefix="/importe")

PAGE = 25  # imports, and rows
FEW = 8  # rows that the preview shows of each kind
UPLOAD_SECONDS = 120.0  # a large list is looked through while its sender waits
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DISTRICT = "district"
TOO_LARGE = N_("The file is larger than %(megabytes)s MB. Please leave out pictures and sheets that are not needed.")
NO_FILE = N_("Please choose a file.")
CHECK_COLUMNS = N_("Please check the marked columns.")
AT_WORK = ("checking", "running", "undoing")

Position = Annotated[str, Query(max_length=100)]


@router.get("")
async def show_imports(view: StaffView, ab: Position = "") -> Response:
    """Upload a list, and what was imported so far."""
    return await _list_page(view, Form(), ab)


@router.post("")
async def upload_list(view: StaffView) -> Response:
    """Hand the file on to the registry while it arrives."""
    if is_too_large(view.request):
        too_large = view.translate.gettext(TOO_LARGE) % {"megabytes": LARGEST // 1_000_000}
        return await _list_page(view, Form(errors={"file": too_large}), status=413)
    upload = Upload()
    try:
        content = await upload.begin(view.request)
        if not upload.file_name:
            return await _list_page(view, Form(errors={"file": view.translate.gettext(NO_FILE)}), status=422)
        imported = await view.services.registry.upload(
            "/imports",
            content,
            token=await view.token(),
            seconds=UPLOAD_SECONDS,
            file_name=upload.file_name,
            **({"office": upload.fields["office"]} if upload.fields.get("office") else {}),
        )
    except (Refused, Unavailable) as error:
        problem = problem_of(error, view.translate)
        return await _list_page(view, Form(values=dict(upload.fields)).take(problem), status=problem.status)
    return view.redirect(f"/importe/{imported['id']}")


@router.get("/vorlagen/{kind}.xlsx")
async def download_template(view: StaffView, kind: str) -> Response:
    """An empty list with all columns."""
    if kind not in KINDS:
        raise NotFound
    content = await view.services.registry.download(f"/imports/templates/{kind}.xlsx", token=await view.token())
    return _xlsx(content, f"Vorlage {view.translate.gettext(KINDS[kind])}.xlsx")


@router.get("/{import_id}")
async def show_import(view: StaffView, import_id: UUID) -> Response:
    """The step that an import is at."""
    imported = await _read(view, import_id)
    if imported["state"] in AT_WORK:
        return view.render("imports/work.html", imported=imported, states=STATES)
    if imported["state"] == "uploaded":
        return await _columns_page(view, imported, columns.form_of(imported))
    if imported["state"] == "checked":
        return await _preview(view, imported)
    return await _result(view, imported)


@router.get("/{import_id}/stand")
async def show_progress(view: StaffView, import_id: UUID) -> Response:
    """How far the worker is, for htmx: the page is loaded anew when it is done."""
    imported = await _read(view, import_id)
    if imported["state"] not in AT_WORK:
        return Response(headers={"hx-refresh": "true", "cache-control": "no-store"})
    return view.fragment("imports/work.html", "progress", imported=imported, states=STATES)


@router.get("/{import_id}/spalten")
async def show_columns(view: StaffView, import_id: UUID) -> Response:
    """The columns again, after the rows were checked."""
    imported = await _read(view, import_id)
    return await _columns_page(view, imported, columns.form_of(imported))


@router.post("/{import_id}/spalten")
async def assign_columns(view: StaffView, import_id: UUID) -> Response:
    """Say what the sheets hold; with the button for it, have the rows checked."""
    imported = await _read(view, import_id)
    form = Form.sent(await view.request.form())
    registry, token = view.services.registry, await view.token()
    changed = False
    for part in imported["parts"]:
        told = columns.told_of(form, part, view.translate)
        if form.errors:
            continue
        changed |= "mapping" not in told
        try:
            await registry.send("PUT", f"/imports/{import_id}/parts/{part['number']}", told, token=token)
        except (Refused, Unavailable) as error:
            columns.take(form, problem_of(error, view.translate), part)
    if form.errors:
        form.message = form.message or view.translate.gettext(CHECK_COLUMNS)
        return await _columns_page(view, imported, form, status=422)
    if changed or form.text("do") != "check":
        return view.redirect(f"/importe/{import_id}/spalten")
    try:
        await registry.send("POST", f"/imports/{import_id}/check", token=token)
    except (Refused, Unavailable) as error:
        return await _columns_page(view, imported, form.take(problem_of(error, view.translate)), status=422)
    return view.redirect(f"/importe/{import_id}")


@router.get("/{import_id}/blatt/{number}")
async def show_rows(view: StaffView, import_id: UUID, number: int, zeige: Position = "all", ab: int = 0) -> Response:
    """The rows of one sheet: all, the wrong ones, or those that are probably entered already."""
    if zeige not in SHOWN:
        raise NotFound
    imported = await _read(view, import_id)
    part = next((part for part in imported["parts"] if part["number"] == number), None)
    if part is None:
        raise NotFound
    rows = await _rows(view, imported, number, zeige, PAGE, ab)
    return view.render(
        "imports/rows.html", imported=imported, part=part, rows=rows, show=zeige, shown=SHOWN, **_words(imported)
    )


@router.post("/{import_id}/blatt/{number}/zeilen/{row}")
async def choose(view: StaffView, import_id: UUID, number: int, row: int) -> Response:
    """What to do with one row that is probably entered already."""
    form = Form.sent(await view.request.form())
    body = {"choice": form.text("choice"), "target_id": form.optional("target_id")}
    path = f"/imports/{import_id}/parts/{number}/rows/{row}/choice"
    await view.services.registry.send("PUT", path, body, token=await view.token())
    back = f"/importe/{import_id}/blatt/{number}?zeige=known&ab={max(row - 1, 0)}"
    return view.redirect(with_message(back if form.text("back") == "rows" else f"/importe/{import_id}", "gemerkt"))


@router.post("/{import_id}/blatt/{number}/auswahl")
async def choose_for_all(view: StaffView, import_id: UUID, number: int) -> Response:
    """The same for all such rows of a sheet."""
    form = Form.sent(await view.request.form())
    body = {"choice": form.text("choice")}
    await view.services.registry.send(
        "PUT", f"/imports/{import_id}/parts/{number}/choice", body, token=await view.token()
    )
    return view.redirect(with_message(f"/importe/{import_id}", "gemerkt"))


@router.get("/{import_id}/fehler.xlsx")
async def download_errors(view: StaffView, import_id: UUID) -> Response:
    """Every wrong cell, as a list to correct the file by."""
    content = await view.services.registry.download(f"/imports/{import_id}/errors.xlsx", token=await view.token())
    return _xlsx(content, "Fehler im Import.xlsx")


@router.post("/{import_id}/start")
async def run_import(view: StaffView, import_id: UUID) -> Response:
    """Have the rows written."""
    form = Form.sent(await view.request.form())
    body = {"good_rows_only": form.text("rows") == "good"}
    return await _command(view, import_id, "run", body)


@router.post("/{import_id}/abbrechen")
async def cancel_work(view: StaffView, import_id: UUID) -> Response:
    """Stop what the worker does."""
    return await _command(view, import_id, "cancellation")


@router.post("/{import_id}/verwerfen")
async def discard_import(view: StaffView, import_id: UUID) -> Response:
    """Forget an upload of which nothing is written."""
    await view.services.registry.send("DELETE", f"/imports/{import_id}", token=await view.token())
    return view.redirect(with_message("/importe", "geloescht"))


@router.get("/{import_id}/rueckgaengig")
async def ask_undo(view: StaffView, import_id: UUID, alles: bool = False) -> Response:
    """What an undo would take away, and what stays."""
    imported = await _read(view, import_id)
    if imported["state"] != "done":
        return view.redirect(f"/importe/{import_id}")
    outlook = await view.services.registry.get(
        f"/imports/{import_id}/undo", token=await view.token(), remove_changed=alles
    )
    return view.render("imports/undo.html", imported=imported, outlook=outlook, remove_changed=alles)


@router.post("/{import_id}/rueckgaengig")
async def undo_import(view: StaffView, import_id: UUID) -> Response:
    """Have the whole import taken back."""
    form = Form.sent(await view.request.form())
    return await _command(view, import_id, "undo", {"remove_changed": form.text("changed") == "remove"})


async def _command(view: View, import_id: UUID, step: str, body: Any = None) -> Response:
    """Hand a step to the worker; what is not possible now is said on the import's own page."""
    try:
        await view.services.registry.send("POST", f"/imports/{import_id}/{step}", body, token=await view.token())
    except Refused as error:
        imported = await _read(view, import_id)
        if imported["state"] != "checked":
            raise
        return await _preview(view, imported, error.problem)
    return view.redirect(f"/importe/{import_id}")


async def _read(view: View, import_id: UUID) -> dict[str, Any]:
    found: dict[str, Any] = await view.services.registry.get(f"/imports/{import_id}", token=await view.token())
    return found


async def _rows(view: View, imported: dict[str, Any], number: int, show: str, limit: int, after: int = 0) -> Any:
    path = f"/imports/{imported['id']}/parts/{number}/rows"
    return await view.services.registry.get(path, token=await view.token(), show=show, limit=limit, after=after)


async def _list_page(view: View, form: Form, after: str = "", status: int = 200) -> Response:
    asked = {"limit": PAGE, **({"after": after} if after else {})}
    try:
        imports = await view.services.registry.get("/imports", token=await view.token(), **asked)
    except Unavailable:
        if status == 200:
            raise
        imports = {"items": [], "next": None}
    offices = _offices(view)
    async with view.reading() as session:
        ids = {one["office"] for one in imports["items"]} | {value for value, _ in offices}
        names = await place_names(session, ids - {DISTRICT})
    names[DISTRICT] = view.settings.district_name
    return view.render(
        "imports/list.html",
        status,
        form=form,
        imports=imports["items"],
        following=imports["next"],
        offices=[(value, names.get(value, value)) for value, _ in offices],
        names=names,
        kinds=KINDS,
        states=STATES,
        at_work=AT_WORK,
    )


def _offices(view: View) -> list[tuple[str, Role]]:
    """For which offices the reader imports, the widest first; the district needs no other."""
    grants = [grant for grant in view.holder.principal.grants if grant.role in STAFF]
    if any(grant.scope is ScopeKind.DISTRICT for grant in grants):
        return [(DISTRICT, Role.DISTRICT_OFFICER)]
    return [(str(grant.scope_id), grant.role) for grant in grants]


async def _columns_page(view: View, imported: dict[str, Any], form: Form, status: int = 200) -> Response:
    options = [(kind, view.translate.gettext(name)) for kind, name in KINDS.items()]
    return view.render("imports/columns.html", status, imported=imported, form=form, kind_options=options)


async def _preview(view: View, imported: dict[str, Any], problem: Problem | None = None) -> Response:
    """What would be written, what is wrong, and what is probably there already."""
    samples = {
        part["number"]: {show: await _rows(view, imported, part["number"], show, FEW) for show in ("wrong", "known")}
        for part in imported["parts"]
        if part["kind"]
    }
    totals = {
        name: sum(part[name] for part in imported["parts"] if part["kind"])
        for name in ("rows", "wrong", "hinted", "known")
    }
    return view.render(
        "imports/preview.html",
        200 if problem is None else 409,
        imported=imported,
        samples=samples,
        totals=totals,
        refused=problem.detail if problem else imported["problem"],
        **_words(imported),
    )


async def _result(view: View, imported: dict[str, Any]) -> Response:
    entered = {
        part["number"]: await _rows(view, imported, part["number"], "all", FEW) if imported["has_rows"] else None
        for part in imported["parts"]
        if part["kind"]
    }
    kept = None
    if imported["state"] == "undone":
        kept = await view.services.registry.get(f"/imports/{imported['id']}/undo", token=await view.token())
    return view.render("imports/result.html", imported=imported, entered=entered, kept=kept, **_words(imported))


def _words(imported: dict[str, Any]) -> dict[str, Any]:
    return {
        "kinds": KINDS,
        "entries": ENTRIES,
        "outcomes": OUTCOMES,
        "reasons": REASONS,
        "choices": CHOICES,
        "states": STATES,
        "can_choose": imported["state"] == "checked",
    }


def _xlsx(content: bytes, name: str) -> Response:
    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "private, no-store"}
    return Response(content, media_type=XLSX, headers=headers)
