"""The database's part of the audit log: functions and triggers that chain the entries and refuse to change them."""

GENESIS = "0" * 64  # what the first entry is chained to
KEPT_YEARS = 3
FORGOTTEN = "audit_entry.forgotten"  # the action of the entry that tells that older ones were deleted

# The canonical form is PostgreSQL's text of a JSON array; `shared.audit.chain` writes the same in Python.
_HASH = """
CREATE FUNCTION dorfnetz_audit_hash(entry audit_entry) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT encode(sha256(convert_to(jsonb_build_array(
        entry.previous, entry.position, (extract(epoch FROM entry.at) * 1000000)::bigint, entry.actor,
        entry.action, entry.kind, entry.subject, entry.persons, entry.scopes, entry.details
    )::text, 'UTF8')), 'hex')
$$
"""

# Runs with the owner's rights: the head belongs to the trigger alone.
_CHAIN = """
CREATE FUNCTION dorfnetz_audit_chain() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE head audit_head;
BEGIN
    SELECT * INTO head FROM audit_head FOR UPDATE;
    IF NOT FOUND THEN
        INSERT INTO audit_head VALUES (true, 0, repeat('0', 64)) ON CONFLICT DO NOTHING;
        SELECT * INTO STRICT head FROM audit_head FOR UPDATE;
    END IF;
    NEW.position := head.position + 1;
    NEW.previous := head.hash;
    NEW.at := clock_timestamp();
    NEW.hash := dorfnetz_audit_hash(NEW);
    UPDATE audit_head SET position = NEW.position, hash = NEW.hash;
    RETURN NEW;
END $$
"""

# Deleting what is old enough is the one exception, and `dorfnetz_audit_forget` the one way to it.
_REFUSE = """
CREATE FUNCTION dorfnetz_audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('dorfnetz.audit_forgets', true) = 'on' THEN
        IF OLD.at < now() - interval '3 years' THEN
            RETURN OLD;
        END IF;
    END IF;
    RAISE EXCEPTION 'the audit log is append-only: % of % refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$
"""

_REFUSE_HEAD = """
CREATE FUNCTION dorfnetz_audit_refuse_head() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF pg_has_role(current_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'USAGE') THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'only the audit log itself writes its head' USING ERRCODE = 'insufficient_privilege';
END $$
"""

# Deletes the oldest entries, whoever calls it, but never one that is younger than the log is kept. What the rest is
# chained to is told by an entry of its own, so that it is part of the chain too.
_FORGET = """
CREATE FUNCTION dorfnetz_audit_forget(at_most integer) RETURNS bigint LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    last audit_entry;
    deleted bigint := 0;
    scopes text := coalesce(current_setting('dorfnetz.scopes', true), '');
BEGIN
    -- In the body: only a superuser may name settings of ours in a clause SET of the function.
    PERFORM set_config('dorfnetz.scopes', '*', true), set_config('dorfnetz.audit_forgets', 'on', true);
    SELECT * INTO last FROM (
        SELECT * FROM audit_entry WHERE position < coalesce(
            (SELECT min(position) FROM audit_entry WHERE at >= now() - interval '3 years'), 9223372036854775807
        ) ORDER BY position LIMIT at_most
    ) AS oldest ORDER BY position DESC LIMIT 1;
    IF FOUND THEN
        DELETE FROM audit_entry WHERE position <= last.position;
        GET DIAGNOSTICS deleted = ROW_COUNT;
        INSERT INTO audit_entry (action, kind, subject, persons, scopes, details) VALUES (
            'audit_entry.forgotten', 'audit_entry', '00000000-0000-0000-0000-000000000000', '{}', '{}',
            jsonb_build_object('through', last.position::text, 'hash', last.hash, 'count', deleted::text)
        );
    END IF;
    PERFORM set_config('dorfnetz.scopes', scopes, true), set_config('dorfnetz.audit_forgets', '', true);
    RETURN deleted;
END $$
"""

_TRIGGERS = (
    "CREATE TRIGGER chain BEFORE INSERT ON audit_entry FOR EACH ROW EXECUTE FUNCTION dorfnetz_audit_chain()",
    "CREATE TRIGGER refuse BEFORE UPDATE OR DELETE ON audit_entry"
    " FOR EACH ROW EXECUTE FUNCTION dorfnetz_audit_refuse()",
    "CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON audit_entry EXECUTE FUNCTION dorfnetz_audit_refuse()",
    "CREATE TRIGGER refuse BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON audit_head"
    " EXECUTE FUNCTION dorfnetz_audit_refuse_head()",
)

CREATE = (_HASH, _CHAIN, _REFUSE, _REFUSE_HEAD, _FORGET, *_TRIGGERS)
DROP = tuple(
    f"DROP FUNCTION dorfnetz_audit_{function}"
    for function in ("forget(integer)", "refuse_head()", "refuse()", "chain()")
)
