#!/bin/sh
# A headless Chromium, Firefox, WebKit, PostgreSQL, Redis, proxies, and what makes faults, for the tests: taken from
# Debian where this is root and they are missing.
set -eu

# The shell alone is asked for where it can be had: it takes a quarter of the time.
have_chromium() {
    command -v chromium-headless-shell && return
    command -v apt-get && [ "$(id -u)" = 0 ] && return 1
    command -v chromium || command -v chromium-browser || command -v google-chrome
}
have_postgres() { command -v initdb || ls /usr/lib/postgresql/*/bin/initdb; }

missing=""
have_chromium >/dev/null 2>&1 || missing="$missing chromium-headless-shell"
have_postgres >/dev/null 2>&1 || missing="$missing postgresql"
command -v redis-server >/dev/null 2>&1 || command -v valkey-server >/dev/null 2>&1 || missing="$missing redis-server"
command -v caddy >/dev/null 2>&1 || missing="$missing caddy"
command -v nginx >/dev/null 2>&1 || [ -x /usr/sbin/nginx ] || missing="$missing nginx-light"
command -v openssl >/dev/null 2>&1 || missing="$missing openssl"
ls /usr/lib/*/faketime/libfaketimeMT.so.1 >/dev/null 2>&1 || missing="$missing libfaketime"
command -v ip >/dev/null 2>&1 || missing="$missing iproute2"
command -v firefox-esr >/dev/null 2>&1 || command -v firefox >/dev/null 2>&1 || missing="$missing firefox-esr"
command -v WebKitWebDriver >/dev/null 2>&1 || missing="$missing webkit2gtk-driver"
ls /usr/lib/*/girepository-1.0/WebKit2-4.1.typelib >/dev/null 2>&1 || missing="$missing gir1.2-webkit2-4.1"
/usr/bin/python3 -c "import gi" >/dev/null 2>&1 || missing="$missing python3-gi"
command -v Xvfb >/dev/null 2>&1 || missing="$missing xvfb"
[ -z "$missing" ] && exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing for the tests:$missing"
    export DEBIAN_FRONTEND=noninteractive
    # A package must not start a service on this machine: the tests start their own.
    [ -e /usr/sbin/policy-rc.d ] || { printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d; chmod +x /usr/sbin/policy-rc.d; made=1; }
    apt-get update -qq
    # shellcheck disable=SC2086
    apt-get install -y -qq --no-install-recommends $missing >/dev/null
    [ -z "${made:-}" ] || rm /usr/sbin/policy-rc.d
elif [ -n "${CI:-}" ]; then
    echo "Missing for the tests:$missing. CI does not skip: install them." >&2
    exit 1
else
    echo "Missing:$missing. Tests that need them are skipped; on Debian, apt install$missing."
fi
