#!/bin/sh
# Runs once, when the volume is empty: a database for each service with the role that owns its tables (only migrations
# use it) and the role of its processes, which is given its rights by `migrate`. Neither may enter another's database.
# The passwords are read from the very URLs that the services get, so there is one place for each.
set -eu

password_in() {
  url=$(cat "/run/secrets/$1")
  password=${url#*://*:}
  password=${password%%@*}
  [ -n "$password" ] || { echo "no password in $1" >&2; exit 1; }
  echo "$password"
}

for service in registry events notifications portal; do
  owner_password=$(password_in "${service}_owner_database_url")
  service_password=$(password_in "${service}_database_url")
  SERVICE=$service SERVICE_PASSWORD=$service_password OWNER=${service}_owner OWNER_PASSWORD=$owner_password psql -v ON_ERROR_STOP=1 --quiet --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'SQL'
\getenv service SERVICE
\getenv password SERVICE_PASSWORD
\getenv owner OWNER
\getenv owner_password OWNER_PASSWORD
SET log_statement = 'none';
SET log_min_error_statement = 'panic';
CREATE ROLE :"service" LOGIN PASSWORD :'password';
CREATE ROLE :"owner" LOGIN PASSWORD :'owner_password';
CREATE DATABASE :"service" OWNER :"owner";
REVOKE ALL ON DATABASE :"service" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"service" TO :"service";
SQL
done
psql -v ON_ERROR_STOP=1 --quiet --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" \
  --command 'REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC'
