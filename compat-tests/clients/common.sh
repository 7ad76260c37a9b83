# SPDX-License-Identifier: Apache-2.0
# Sourced by each client's `test ENDPOINT_URL`: its environment, and where its packages are installed.
# A client whose toolchain is missing says so with `skip` and ends with 77.
set -euo pipefail

[[ -n ${1:-} ]] || { echo "usage: $0 ENDPOINT_URL" >&2; exit 2; }
export ENDPOINT=$1
here=$(dirname "$(readlink -f "$0")")
clients=$(dirname "$here")
# Nothing is installed or built in the source tree.
work_of() { printf '%s/%s' "${PUMICE_CLIENTS_WORK:-$clients/../../build/clients}" "$1"; }
mkdir -p "$(work_of "$(basename "$here")")"
work=$(cd "$(work_of "$(basename "$here")")" && pwd)

# The caller's own AWS settings decide nothing here; no client may look for credentials on the network.
while read -r name; do unset "$name"; done < <(compgen -e | grep '^AWS_')
export AWS_ACCESS_KEY_ID=clients AWS_SECRET_ACCESS_KEY=secret AWS_REGION=us-east-1 AWS_DEFAULT_REGION=us-east-1
export AWS_EC2_METADATA_DISABLED=true AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null AWS_PAGER=
export NO_PROXY=127.0.0.1,localhost no_proxy=127.0.0.1,localhost NO_COLOR=1 CI=true NODE_NO_WARNINGS=1

skip() { echo "skipped: $*"; exit 77; }
need() { command -v "$1" >/dev/null || skip "there is no $1 here: $2"; }

# npm_ci <client>: its locked packages in its work folder, installed anew when the lock changes.
npm_ci() {
  local into
  into=$(work_of "$1")
  cmp -s "$clients/$1/package-lock.json" "$into/installed" && return
  mkdir -p "$into"
  cp "$clients/$1/package.json" "$clients/$1/package-lock.json" "$into"
  npm ci --silent --prefix "$into"
  cp "$clients/$1/package-lock.json" "$into/installed"
}

# The AWS SDK asks for Node.js 20; where the system's is older, the one locked in node/ is taken.
need_node() {
  need npm "apt-get install npm"
  if ! node -e 'process.exit(parseInt(process.versions.node) >= 20 ? 0 : 1)' 2>/dev/null; then
    npm_ci node
    PATH=$(work_of node)/node_modules/.bin:$PATH
  fi
}

# Runs the client's *.test.mjs with its locked packages.
node_test() {
  need_node
  npm_ci "$(basename "$here")"
  cp "$clients/cruddur.mjs" "$here"/*.mjs "$work"
  cd "$work"
  node --test --test-reporter=spec *.test.mjs
}

# Runs the client's client.py with its locked packages; no test_*.py, which the suite above would collect.
python_test() {
  need python3 "apt-get install python3 python3-venv"
  if ! cmp -s "$here/requirements.txt" "$work/installed"; then
    rm -rf "$work/venv"
    python3 -m venv "$work/venv"
    "$work/venv/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt"
    cp "$here/requirements.txt" "$work/installed"
  fi
  export PATH=$work/venv/bin:$PATH
  python -B -m pytest -q --tb=short -p no:cacheprovider -c /dev/null --rootdir "$here" --confcutdir "$here" "$here/client.py"
}
