#!/bin/sh
# Runs once, when the volume is empty: a database and a role for each service, none of which may enter another's.
# The passwords are read from the very URLs that the services get, so there is one place for each.
set -eu

for service in registry events notifications portal; do
  url=$(cat "/run/secrets/${service}_database_url")
  password=${url#*://*:}
  password=${password%%@*}
  [ -n "$password" ] || { echo "no password in ${service}_database_url" >&2; exit 1; }
  SERVICE=$service SERVICE_PASSWORD=$password psql -v ON_ERROR_STOP=1 --quiet --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'SQL'
\getenv service SERVICE
\getenv password SERVICE_PASSWORD
SET log_statement = 'none';
SET log_min_error_statement = 'panic';
CREATE ROLE :"service" LOGIN PASSWORD :'password';
CREATE DATABASE :"service" OWNER :"service";
REVOKE ALL ON DATABASE :"service" FROM PUBLIC;
SQL
done
psql -v ON_ERROR_STOP=1 --quiet --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" \
  --command 'REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC'
