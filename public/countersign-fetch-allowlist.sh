#!/bin/sh
# countersign-fetch-allowlist.sh: keeps the list of the clients that a proxy lets in fresh.
#
#   countersign-fetch-allowlist.sh --plane 10.0.0.5:3443 --name countersign.example --service payments --format nginx \
#     --ca /etc/nginx/countersign/servers.pem --token /etc/nginx/countersign/payments.token \
#     --out /etc/nginx/countersign/payments.allowlist --check 'nginx -t -q' --reload 'nginx -s reload'
#
# Run it again and again, and once with --first before the proxy's first start. It waits at the
# server until the list changes, so that a run takes --wait seconds when nothing does. It puts a list in place of
# --out only when it is signed with a certificate of --name below --ca, is of this service and in this format, has
# no lower version than the one before, and holds nothing but what this format consists of. The file is replaced
# by a rename, so that nobody ever reads half of it; when the proxy's own check fails afterwards, the former one is
# put back. Then the proxy is reloaded, and the server told which version is in use.
#
#   --plane HOST:PORT      https port of a protocol plane; given again for others, which are asked when it is silent
#   --name NAME            name in the certificate of the planes
#   --service NAME         short name of the service
#   --format FORMAT        nginx, haproxy, apache, caddy or envoy
#   --ca FILE              certificates of the authorities of the planes, PEM: the trust bundle servers
#   --token FILE           holds the token of this proxy; or --certificate FILE --key FILE, PEM
#   --out FILE             the list that the proxy reads; its mode and owner are kept
#   --check COMMAND        run by sh when the file changed: whether the proxy takes it
#   --reload COMMAND       run by sh thereafter; run again next time when it failed
#   --wait SECONDS         how long to wait for a change, at most 60; 30 without it, and 0 for not at all
#   --warn-seconds N       complain when no plane was reached for so long; 60 without it
#   --timeout SECONDS      longest time that a fetch may take beside the waiting, 30 without it
#   --max-mib N            refuse a list that is larger, 256 without it
#   --first                put the list in place only: the proxy does not run yet
#   --verbose              say also what went well
#
# Silence and 0 mean that all is well. Else there is one line on stderr, and the list in use stays:
#   1  no plane is reached for too long, or there is no list yet: the proxy goes on with whom it knows
#   2  wrong parameters, or a program that is missing
#   3  refused: what was fetched must not be used, the proxy does not take it, or the server gives this proxy no list
#      any more; whoever is suspended from then on still enters
#   4  the new list is in place, but the reload command failed
#   5  the list is in use, but the server does not want to hear it
#   6  a file could not be written
#
# Needs: POSIX sh and utilities, openssl, curl and flock.

set -u
LC_ALL=C
export LC_ALL
umask 022

me=countersign-fetch-allowlist

planes='' name='' service='' format='' ca='' token='' certificate='' key='' out='' check='' reload=''
wait=30 warn=60 timeout=30 max=256 first='' verbose='' work=''

complain() { printf '%s: %s\n' "$me" "$*" >&2; }
say() { [ -z "$verbose" ] || complain "$*"; }
fail() {
  code=$1
  shift
  complain "$*"
  exit "$code"
}
usage() { fail 2 "$1 (--help says more)"; }

cleanup() { [ -z "$work" ] || rm -rf "$work"; }
trap cleanup EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

while [ $# -gt 0 ]; do
  case $1 in
  --plane | --name | --service | --format | --ca | --token | --certificate | --key | --out | --check | --reload | --wait | --warn-seconds | --timeout | --max-mib)
    [ $# -ge 2 ] || usage "$1 needs a value"
    case $1 in
    --plane)
      case $2 in *[!]A-Za-z0-9.:_[-]* | *: | :*) usage '--plane must be host:port' ;; *:*) ;; *) usage '--plane must be host:port' ;; esac
      planes="$planes $2"
      ;;
    --name) name=$2 ;;
    --service) service=$2 ;;
    --format) format=$2 ;;
    --ca) ca=$2 ;;
    --token) token=$2 ;;
    --certificate) certificate=$2 ;;
    --key) key=$2 ;;
    --out) out=$2 ;;
    --check) check=$2 ;;
    --reload) reload=$2 ;;
    --wait) wait=$2 ;;
    --warn-seconds) warn=$2 ;;
    --timeout) timeout=$2 ;;
    --max-mib) max=$2 ;;
    esac
    shift 2
    ;;
  --first)
    first=yes
    shift
    ;;
  --verbose)
    verbose=yes
    shift
    ;;
  --help)
    sed -n '2,/^$/s/^# \{0,1\}//p' "$0"
    exit 0
    ;;
  *) usage "there is no parameter $1" ;;
  esac
done
[ -n "$planes" ] || usage '--plane is missing'
case $name in '' | *[!A-Za-z0-9.:-]*) usage '--name must be the name in the certificate of the planes' ;; esac
case $service in '' | *[!a-z0-9-]*) usage '--service must be the short name of a service' ;; esac
# What a line of each format is. The last part says who it is: an id and a name.
client='[0-9a-z-]+/[A-Za-z0-9%_.!~*'"'"'()-]*'
case $format in
nginx) line="[0-9a-f]{40} \"$client\";" ;;
haproxy) line="[0-9A-F]{64} $client" ;;
apache) line="[0-9a-f]{40} $client" ;;
caddy) line="[0-9a-f]{64} \"$client\"" ;;
envoy) line='    - "[0-9a-f]{64}"' ;;
*) usage '--format must be nginx, haproxy, apache, caddy or envoy' ;;
esac
[ -n "$ca" ] || usage '--ca is missing'
[ -n "$out" ] || usage '--out is missing'
if [ -n "$token" ]; then
  [ -z "$certificate$key" ] || usage 'either --token, or --certificate and --key'
else
  [ -n "$certificate" ] && [ -n "$key" ] || usage '--token is missing, or --certificate and --key'
fi
for number in "$wait" "$warn" "$timeout" "$max"; do
  case $number in '' | *[!0-9]* | ???????*) usage '--wait, --warn-seconds, --timeout and --max-mib must be whole numbers' ;; esac
done
[ "$wait" -le 60 ] || usage '--wait must be at most 60 seconds'
[ -z "$first" ] || check='' reload='' wait=0
[ "$timeout" -gt 0 ] && [ "$max" -gt 0 ] || usage '--timeout and --max-mib must not be 0'
for tool in openssl curl flock; do
  command -v "$tool" >/dev/null 2>&1 || fail 2 "the program $tool is missing"
done
for file in "$ca" "$token" "$certificate" "$key"; do
  [ -z "$file" ] || [ -r "$file" ] || fail 2 "$file cannot be read"
done
# The file behind a symbolic link is replaced, not the link.
if [ -h "$out" ]; then out=$(readlink -f "$out") || fail 2 "$out (--out) leads nowhere"; fi
[ ! -d "$out" ] || fail 2 "$out (--out) is a folder"

# Beside the file: only there can it be replaced by a rename.
state=$out.state
seen=$out.seen
due=$out.reload-due
before=$out.before
path=/v1/services/$service/allowlist.$format

now() { date +%s; }
digest_of() { openssl dgst -sha256 | sed 's/.*[= ]//'; }
spoken() {
  if [ "$1" -ge 172800 ]; then
    echo "$(($1 / 86400)) days"
  elif [ "$1" -ge 7200 ]; then
    echo "$(($1 / 3600)) hours"
  elif [ "$1" -ge 120 ]; then
    echo "$(($1 / 60)) minutes"
  else
    echo "$1 s"
  fi
}

# version_of FILE: the version in its head; fails when it is no list of this service in this format.
version_of() {
  sed 6q "$1" >"$work/head" 2>/dev/null || return 1
  [ "$(sed -n 1p "$work/head")" = '# countersign allowlist' ] || return 1
  [ "$(sed -n 2p "$work/head")" = "# service $service" ] || return 1
  [ "$(sed -n 3p "$work/head")" = "# format $format" ] || return 1
  sed -n '4s/^# version \([1-9][0-9]\{0,15\}\)$/\1/p' "$work/head" | grep .
}

# What is known of the list in use: version and least are empty when there is none. The version of one that somebody
# changed by hand is not believed, and what the server said of it forgotten, so that it is fetched anew.
read_present() {
  version='' least='' etag='' reported=''
  [ ! -s "$out" ] || version=$(version_of "$out")
  least=$version
  if [ -r "$state" ] && [ "$(sed -n 1p "$state")" = "$service $format" ]; then
    least=$(sed -n '2s/^[1-9][0-9]\{0,15\}$/&/p' "$state")
    if [ -n "$version" ] && [ "$(sed -n 3p "$state")" = "$(digest_of <"$out")" ]; then
      reported=$(sed -n 4p "$state")
      if [ "$(sed -n 5p "$state")" = "$(origin)" ]; then etag=$(sed -n 6p "$state"); fi
    fi
  fi
}
# Another authority or name must look again.
origin() { printf '%s %s\n' "$name" "$(digest_of <"$ca")"; }

write_state() {
  {
    echo "$service $format"
    echo "$version"
    digest_of <"$out"
    echo "$reported"
    origin
    echo "$etag"
  } >"$work/state" && mv -f "$work/state" "$state" || fail 6 "$state cannot be written"
}

# How long no plane was reached, in seconds; the list itself was fetched at least.
silence() {
  since=$(sed -n '1s/^[0-9]\{1,12\}$/&/p' "$seen" 2>/dev/null)
  left=$(($(now) - ${since:-0}))
  [ "$left" -ge 0 ] || left=0
  echo "$left"
}

# Whatever went wrong with fetching: loud when it lasts.
not_fetched() {
  [ -n "$version" ] || fail 1 "$1, and $out holds no list that could be used meanwhile"
  lasts=$(silence)
  if [ "$lasts" -le "$warn" ]; then
    say "$1; version $version stays in use"
    return
  fi
  fail 1 "$1, for $(spoken "$lasts") now: $out stays at version $version, and whoever was refused since then still enters"
}
# Whatever the server knows of it, the proxy goes on with the list it has.
turned_away() {
  [ -n "$version" ] || fail 3 "refused: $plane answers HTTP $status for $path: $1"
  fail 3 "refused: $plane answers HTTP $status for $path: $1; $out stays in use at version $version, and whoever is suspended or revoked from now on still enters: $2"
}
refuse() { fail 3 "refused: $1; $out stays as it was${version:+, at version $version}"; }

# ask PLANE TARGET PARAMETER…: asks one plane; sets status, empty when there was no answer.
ask() {
  plane=$1 target=$2
  shift 2
  rm -f "$work/body" "$work/headers" "$work/said"
  case $name in *:*) host="[$name]" ;; *) host=$name ;; esac
  set -- -q -sS --proto =https --tlsv1.2 -A "$me" --cacert "$ca" --connect-to "::$plane" \
    --connect-timeout 5 -m "$((timeout + wait))" --max-filesize "$((max * 1048576))" \
    -H "@$work/authorization" -D "$work/headers" -o "$work/body" "$@"
  [ -z "$certificate" ] || set -- "$@" --cert "$certificate" --key "$key"
  # A size in blocks of 512 octets, also for one that the server does not say.
  {
    (
      ulimit -f "$((max * 2048))"
      exec curl "$@" -- "https://$host:${plane##*:}$target" 2>"$work/said" 9>&- </dev/null
    )
    result=$?
  } 2>/dev/null
  touch "$work/body" "$work/headers" "$work/said"
  status=$(sed -n 's/^HTTP\/[0-9.]* \([0-9][0-9][0-9]\).*/\1/p' "$work/headers" | tail -n 1)
  # 153 and 63: larger than it may be.
  case $result in 0) ;; 153 | 63) status=large ;; *) status='' ;; esac
}
header() {
  awk -v name="$1:" '{ sub(/\r$/, "") } tolower($1) == name { sub(/^ *[^ ]* */, ""); value = $0 } END { print value }' "$work/headers"
}
said() {
  text=$(grep -v '^ *$' "$work/said" | tail -n 1)
  echo "${text:-curl ended with $result}"
}

# Asks one plane after the other, until one answers anything but that it cannot.
fetch() {
  trouble=''
  for plane in $planes; do
    if [ -n "$etag" ]; then
      ask "$plane" "$path?wait=$wait" -H "If-None-Match: $etag"
    else
      ask "$plane" "$path"
    fi
    case $status in
    '') trouble="cannot fetch $path from $plane: $(said)" ;;
    5?? | 408 | 429) trouble="cannot fetch $path from $plane: HTTP $status" ;;
    *) return 0 ;;
    esac
  done
  return 1
}

# is_signed: whether the body was signed by a certificate of --name below --ca. The system's own authorities must
# not count.
is_signed() {
  header x-countersign-certificate | tr -d ' ' | openssl base64 -d -A >"$work/signer.der" 2>/dev/null
  header x-countersign-signature | tr -d ' ' | openssl base64 -d -A >"$work/signature" 2>/dev/null
  [ -s "$work/signer.der" ] && [ -s "$work/signature" ] || return 1
  openssl x509 -inform DER -in "$work/signer.der" -out "$work/signer.pem" 2>/dev/null || return 1
  case $name in *:*) kind=-verify_ip ;; *[!0-9.]*) kind=-verify_hostname ;; *) kind=-verify_ip ;; esac
  SSL_CERT_DIR=/nonexistent SSL_CERT_FILE=/nonexistent \
    openssl verify -purpose sslserver "$kind" "$name" -CAfile "$ca" "$work/signer.pem" >/dev/null 2>&1 || return 1
  openssl x509 -in "$work/signer.pem" -noout -pubkey >"$work/signer.key" 2>/dev/null || return 1
  openssl dgst -sha256 -verify "$work/signer.key" -signature "$work/signature" "$work/body" >/dev/null 2>&1
}

# is_sound: whether the list holds what its head says, and no line that could mean anything else to the proxy.
is_sound() {
  # Some grep take an octet of zero for the end of a line.
  tr -d '\000' <"$work/body" | cmp -s - "$work/body" || return 1
  if [ "$format" = envoy ]; then
    # Its frame is YAML; one hash of nobody stands before the entries.
    frame='version_info: "[0-9]+"|resources:|- "@type": [A-Za-z0-9_./]+|  name: countersign_allowlist|  validation_context:|    verify_certificate_hash:'
    listed=$(($(grep -Ec "^$line\$" "$work/body") - 1))
  else
    frame='#'
    listed=$(grep -Ec "^$line\$" "$work/body")
  fi
  ! grep -Eqv "^($line|# [ -~]*|$frame)\$" "$work/body" && [ "$(sed -n 6p "$work/head")" = "# entries $listed" ]
}

# Has the proxy use what is in place, also when that failed before, and tells the server of it.
settle() {
  if [ -e "$due" ]; then
    if [ -n "$check" ] && ! sh -c "$check" >"$work/output" 2>&1 </dev/null 9>&-; then
      output=$(grep -v '^ *$' "$work/output" | tail -n 1)
      [ -e "$before" ] || fail 3 "the proxy's check fails with $out, and is tried again next time: $output"
      mv -f "$before" "$out"
      rm -f "$due"
      fail 3 "refused: the proxy's check fails with version $version, so the list before it is in place again: $output"
    fi
    rm -f "$before"
    if [ -n "$reload" ] && ! sh -c "$reload" >"$work/output" 2>&1 </dev/null 9>&-; then
      [ -n "$etag" ] && write_state
      fail 4 "$out is new, but the reload command failed and is tried again next time: $(tail -n 1 "$work/output")"
    fi
    [ -z "$reload" ] || say "reloaded: $reload"
    rm -f "$due"
  fi
  [ -n "$first" ] || report
  write_state
}

# Tells the server what is in use. When no plane can be reached the next run does it.
report() {
  [ "$reported" != "$version" ] || return 0
  for plane in $planes; do
    ask "$plane" "$path/live" -X PUT -H 'Content-Type: application/json' -d "{\"version\":$version}"
    case $status in
    2??)
      reported=$version
      return
      ;;
    '' | 5?? | 408 | 429) say "cannot report to $plane: ${status:+HTTP $status}" ;;
    *)
      write_state
      fail 5 "version $version is in use, but $plane does not want to hear it: HTTP $status"
      ;;
    esac
  done
}

## From here on in order.

(: >>"$out.lock") 2>/dev/null || fail 6 "cannot write beside $out"
exec 9>>"$out.lock"
if ! flock -n 9; then
  # A run that hangs, in its reload command for example, must not hide that nothing is fetched any more.
  work=$(mktemp -d) || exit 6
  read_present
  not_fetched 'another run is at work'
  exit 0
fi

# What runs left behind that were killed.
rm -rf "$out".work.*
# Of an address in brackets nothing else is made.
set -f
work=$out.work.$$
(umask 077 && mkdir "$work") 2>/dev/null || fail 6 "cannot write beside $out"
# One that was killed before the proxy's check begins with it again.
[ ! -e "$before" ] || mv -f "$before" "$out"

# Not among the parameters, which everybody on the machine sees.
: >"$work/authorization"
if [ -n "$token" ]; then
  secret=$(sed -n '1s/^csp_[A-Za-z0-9_-]*$/&/p' "$token")
  [ -n "$secret" ] || fail 2 "$token (--token) holds no token of a proxy"
  printf 'Authorization: Bearer %s\n' "$secret" >"$work/authorization"
fi

read_present
# What was left undone is done before anything is waited for.
[ ! -e "$due" ] || [ -z "$version" ] || [ "$version" != "$least" ] || settle
if ! fetch; then
  not_fetched "$trouble"
  exit 0
fi
case $status in
304)
  [ -n "$etag" ] || refuse "$plane answers HTTP 304 for $path, though it was not told of any version"
  now >"$seen"
  settle
  exit 0
  ;;
200) ;;
large) refuse "$path of $plane is larger than $max MiB" ;;
401) turned_away 'it does not know this proxy, which was retired, or its token replaced' 'give it the new token, or stop the proxy' ;;
403) turned_away "this proxy is not one of $service any more" 'add the service to it again, or stop the proxy' ;;
*) refuse "$plane answers HTTP $status for $path" ;;
esac

is_signed || refuse "$path of $plane is not signed by $name below $ca"
next=$(version_of "$work/body") || refuse "$path of $plane is no list of $service for $format"
is_sound || refuse "$path of $plane holds what no list for $format holds"
if [ -n "$least" ] && [ "$next" -lt "$least" ]; then
  refuse "version $next of $plane is lower than $least, which was in use; when the server was set back on purpose, remove $state and $out"
fi
now >"$seen"
etag=$(header etag | sed -n 's/^"[!#-~]\{1,100\}"$/&/p')
version=$next

if ! cmp -s "$work/body" "$out"; then
  # Copied first, because that keeps mode and owner.
  if [ -e "$out" ]; then
    cp -p "$out" "$work/replacement" && cp -p "$out" "$work/before" || fail 6 "cannot write beside $out"
  fi
  cat "$work/body" >"$work/replacement" && { sync "$work/replacement" 2>/dev/null || :; } ||
    fail 6 "cannot write beside $out"
  [ ! -e "$work/before" ] || mv -f "$work/before" "$before" || fail 6 "$before cannot be written"
  touch "$due" && mv -f "$work/replacement" "$out" || fail 6 "$out cannot be replaced"
  say "$out is at version $version"
fi
settle
