# Sourced by the scripts of this folder: what they need, checks and suites, and their totals in `passed` and `failed`.

passed=0
failed=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT

# install_missing <program> <package>: installs Debian's package where the program is missing and this is root. Succeeds only if
# it installed it.
install_missing() {
  ! command -v "$1" >/dev/null && [[ $EUID -eq 0 ]] && command -v apt-get >/dev/null &&
    { apt-get update && apt-get install -y --no-install-recommends "$2"; } >/dev/null 2>&1
}

# check <name> <command...>: one check, passed if the command succeeds. Shows its last line, or all output if it fails.
check() {
  local name=$1
  shift
  if "$@" >"$log" 2>&1; then
    passed=$((passed + 1))
    echo "ok      $name: $(tail -n 1 "$log")"
  else
    failed=$((failed + 1))
    echo "FAILED  $name ($*)"
    cat "$log"
  fi
}

# tests <npm arguments...>: a suite of tests, which ends with its own totals. A run without totals is a failure as well.
tests() {
  local status totals suite_failed=0 suite_passed=0
  npm "$@" 2>&1 | tee "$log"
  status=${PIPESTATUS[0]}
  totals=$(grep -E '^[0-9]+ passed, [0-9]+ failed$' "$log" | tail -n 1)
  if [[ $totals =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]]; then
    suite_passed=${BASH_REMATCH[1]}
    suite_failed=${BASH_REMATCH[2]}
  fi
  if [[ $status -ne 0 && $suite_failed -eq 0 ]] || [[ $suite_passed -eq 0 ]]; then
    suite_failed=$((suite_failed + 1))
    echo "FAILED  npm $* (exit code $status)"
  fi
  passed=$((passed + suite_passed))
  failed=$((failed + suite_failed))
}
