# Sourced by the scripts of this folder: what they need, checks and suites, and their totals in `passed`, `failed` and `skipped`.

passed=0
failed=0
skipped=0
# One for each check and suite: its name, what passed, failed and was skipped, and the seconds it took, with | between them.
rows=()
log=$(mktemp)
trap 'rm -f "$log"' EXIT

# The exit code of a check that could not be made here.
not_possible=77

# install_missing <program> <package>: installs Debian's package where the program is missing and this is root. Succeeds only if
# it installed it.
install_missing() {
  ! command -v "$1" >/dev/null && [[ $EUID -eq 0 ]] && command -v apt-get >/dev/null &&
    { apt-get update && apt-get install -y --no-install-recommends "$2"; } >/dev/null 2>&1
}

# count <name> <passed> <failed> <skipped> <seconds>
count() {
  passed=$((passed + $2))
  failed=$((failed + $3))
  skipped=$((skipped + $4))
  rows+=("$1|$2|$3|$4|$5")
}

# check <name> <command...>: one check, passed if the command succeeds. Shows its last line, or all output if it fails.
check() {
  local name=$1 status=0 started=$SECONDS
  shift
  "$@" >"$log" 2>&1 || status=$?
  case $status in
    0)
      count "$name" 1 0 0 $((SECONDS - started))
      echo "ok      $name: $(tail -n 1 "$log")"
      ;;
    "$not_possible")
      count "$name" 0 0 1 $((SECONDS - started))
      echo "SKIPPED $name: $(tail -n 1 "$log")"
      ;;
    *)
      count "$name" 0 1 0 $((SECONDS - started))
      echo "FAILED  $name ($*)"
      cat "$log"
      ;;
  esac
}

# tests <name> <command...>: a suite of tests, which ends with its own totals. A run without totals is a failure as well.
tests() {
  local name=$1 status totals suite_failed=0 suite_passed=0 started=$SECONDS
  shift
  "$@" 2>&1 | tee "$log"
  status=${PIPESTATUS[0]}
  totals=$(grep -E '^[0-9]+ passed, [0-9]+ failed$' "$log" | tail -n 1)
  if [[ $totals =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]]; then
    suite_passed=${BASH_REMATCH[1]}
    suite_failed=${BASH_REMATCH[2]}
  fi
  if [[ $status -ne 0 && $suite_failed -eq 0 ]] || [[ $suite_passed -eq 0 ]]; then
    suite_failed=$((suite_failed + 1))
    echo "FAILED  $name ($*, exit code $status)"
  fi
  count "$name" "$suite_passed" "$suite_failed" 0 $((SECONDS - started))
}

# end: the totals on the last line. Fails if anything failed.
end() {
  echo "$passed passed, $failed failed$([[ $skipped -eq 0 ]] || echo ", $skipped skipped")"
  [[ $failed -eq 0 ]]
}
