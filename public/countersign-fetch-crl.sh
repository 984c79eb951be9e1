#!/bin/sh
# countersign-fetch-crl.sh: keeps the CRL file of a proxy fresh.
#
#   countersign-fetch-crl.sh --url http://countersign:3080/crl/clients.pem \
#     --ca /etc/nginx/clients.pem --out /etc/nginx/clients.crl --reload 'nginx -s reload'
#
# Run it every few seconds (an unchanged bundle costs one 304) and once before the proxy's first start.
# It fetches a PEM bundle of CRLs and puts it in place of --out only when every CRL is signed by an
# authority in --ca, is a complete one, has not ended, has no lower number than the one in use, and no authority
# of --ca is without one: a proxy that uses OpenSSL refuses every client when one is missing. Of several CRLs
# of one authority the newest counts. The file is replaced by a rename, so that nobody ever reads half of it;
# the reload command runs only when it changed.
#
#   --url URL            bundle of CRLs, PEM, http or https
#   --ca FILE            certificates of the authorities whose signature counts, PEM
#   --out FILE           the CRL file that the proxy reads; its mode and owner are kept
#   --reload COMMAND     run by sh when the file changed; run again next time when it failed
#   --warn-seconds N     complain when a CRL in use has fewer than N seconds left. Without it: when half of
#                        its life is over and fetching fails, or three quarters although fetching works
#   --timeout SECONDS    longest time that a fetch may take, 30 without it
#   --verbose            say also what went well
#
# Silence and 0 mean that all is well. Else there is one line on stderr, and the file in use stays:
#   1  fetching fails, or another run is at work, and the CRL in use ends soon, has ended, or there is none yet
#   2  wrong parameters, or a program that is missing
#   3  refused: what was fetched must not be used
#   4  the new file is in place, but the reload command failed
#   5  the file is up to date, but a CRL of an authority that is not in --ca was left out of it
#   6  a file could not be written
#
# Needs: POSIX sh and utilities, openssl, and curl or wget. Where there is flock, it keeps two runs apart.

set -u
LC_ALL=C
export LC_ALL
umask 022

me=countersign-fetch-crl
# Of what is fetched; a CRL of a million entries is 63 MB in PEM. In blocks of 512 octets.
max_blocks=1048576
max_crls=200

url='' ca='' out='' reload='' warn='' timeout=30 verbose=''
work='' mine=''

complain() { printf '%s: %s\n' "$me" "$*" >&2; }
say() { [ -z "$verbose" ] || complain "$*"; }
fail() {
  code=$1
  shift
  complain "$*"
  exit "$code"
}
usage() { fail 2 "$1 (--help says more)"; }

cleanup() {
  [ -z "$work" ] || rm -rf "$work"
  if [ -n "$mine" ] && [ "$(cat "$out.run" 2>/dev/null)" = "$mine" ]; then rm -f "$out.run"; fi
}
trap cleanup EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

while [ $# -gt 0 ]; do
  case $1 in
  --url | --ca | --out | --reload | --warn-seconds | --timeout)
    [ $# -ge 2 ] || usage "$1 needs a value"
    case $1 in
    --url) url=$2 ;;
    --ca) ca=$2 ;;
    --out) out=$2 ;;
    --reload) reload=$2 ;;
    --warn-seconds) warn=$2 ;;
    --timeout) timeout=$2 ;;
    esac
    shift 2
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
case $url in http://?* | https://?*) ;; *) usage '--url must be an http or https address' ;; esac
[ -n "$ca" ] || usage '--ca is missing'
[ -n "$out" ] || usage '--out is missing'
case $warn in *[!0-9]*) usage '--warn-seconds must be a whole number' ;; esac
case $timeout in '' | *[!0-9]* | 0) usage '--timeout must be a whole number of seconds' ;; esac
for tool in openssl awk; do
  command -v "$tool" >/dev/null 2>&1 || fail 2 "the program $tool is missing"
done
if command -v curl >/dev/null 2>&1; then
  fetcher=curl
elif command -v wget >/dev/null 2>&1; then
  fetcher=wget
else
  fail 2 'neither curl nor wget is installed'
fi
[ -r "$ca" ] || fail 2 "$ca (--ca) cannot be read"
# The file behind a symbolic link is replaced, not the link.
if [ -h "$out" ]; then out=$(readlink -f "$out") || fail 2 "$out (--out) leads nowhere"; fi
[ ! -d "$out" ] || fail 2 "$out (--out) is a folder"

# Beside the file: only there can it be replaced by a rename.
state=$out.state
due=$out.reload-due

now() { date +%s; }

# digest_of: SHA-256 of what comes on stdin.
digest_of() { openssl dgst -sha256 | sed 's/.*[= ]//'; }

# What openssl says of CRLs, for arithmetic: "Nov 23 05:36:12 2026 GMT" as seconds since 1970.
seconds_of() {
  printf '%s\n' "$1" | awk '
    {
      month = (index("JanFebMarAprMayJunJulAugSepOctNovDec", $1) + 2) / 3
      if (NF < 4 || month != int(month) || split($3, t, ":") != 3) exit 1
      year = $4
      if (month <= 2) { year--; month += 12 }
      days = 365 * year + int(year / 4) - int(year / 100) + int(year / 400) + int((153 * (month - 3) + 2) / 5) + $2 - 719469
      printf "%d\n", days * 86400 + t[1] * 3600 + t[2] * 60 + t[3]
    }'
}

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

# split FILE LABEL PREFIX: writes each PEM block with this label as PREFIX.1, PREFIX.2 …; fails on a cut one.
split_pem() {
  awk -v begin="-----BEGIN $2-----" -v end="-----END $2-----" -v prefix="$3" '
    { sub(/\r$/, "") }
    $0 == begin { if (inside) exit 1; inside = 1; count++; file = prefix "." count }
    inside { print > file }
    $0 == end { inside = 0; close(file) }
    END { if (inside) exit 1 }' "$1"
}

# `key hash needed file name` of each certificate in --ca, into $work/authorities. One that has ended, or that
# is no authority, needs no CRL.
read_authorities() {
  [ ! -f "$work/authorities" ] || return 0
  split_pem "$ca" CERTIFICATE "$work/ca" && [ -f "$work/ca.1" ] || fail 2 "$ca (--ca) holds no certificates in PEM"
  : >"$work/authorities"
  count=1
  while [ -f "$work/ca.$count" ]; do
    one=$work/ca.$count
    openssl x509 -in "$one" -noout -hash -subject -pubkey -text >"$work/facts" 2>/dev/null ||
      fail 2 "certificate $count in $ca (--ca) cannot be read"
    hash=$(sed -n 's/^\([0-9a-f]\{8\}\)$/\1/p' "$work/facts")
    name=$(sed -n 's/^subject= *//p' "$work/facts")
    key=$(sed -n '/^-----BEGIN PUBLIC KEY/,/^-----END/p' "$work/facts" | digest_of)
    needed=no
    if grep -q 'CA:TRUE' "$work/facts" && openssl x509 -in "$one" -noout -checkend 0 >/dev/null 2>&1; then needed=yes; fi
    printf '%s %s %s %s %s\n' "$key" "$hash" "$needed" "ca.$count" "$name" >>"$work/authorities"
    count=$((count + 1))
  done
}

# read_crl FILE: sets hash, number, begins, ends and name; fails when it is no CRL with a nextUpdate.
read_crl() {
  openssl crl -in "$1" -noout -hash -issuer -crlnumber -lastupdate -nextupdate >"$work/facts" 2>/dev/null || return 1
  # Some versions put words before it.
  hash=$(sed -n 's/^\(.*hash=\)\{0,1\}\([0-9a-f]\{8\}\)$/\2/p' "$work/facts")
  name=$(sed -n 's/^issuer= *//p' "$work/facts")
  # 0x1F, 1F or <NONE>, depending on the version.
  number=$(sed -n 's/^crlNumber=\(0x\)\{0,1\}0*\([0-9A-Fa-f]*\)$/\2/p' "$work/facts" | tr A-F a-f)
  [ -n "$number" ] || number=0
  begins=$(seconds_of "$(sed -n 's/^lastUpdate=//p' "$work/facts")") || return 1
  ends=$(seconds_of "$(sed -n 's/^nextUpdate=//p' "$work/facts")") || return 1
  [ -n "$begins" ] && [ -n "$ends" ]
}

# is_partial FILE: whether it does not tell of all that its authority revoked (RFC 5280 sections 5.2.4, 5.2.5).
# What it revokes comes last in the text, and is not waited for.
is_partial() {
  openssl crl -in "$1" -noout -text 2>/dev/null | sed '/^Revoked Certificates:/q' |
    grep -Eq '^ *X509v3 (Delta CRL Indicator|Issuing Distr[a-z]* Point):'
}

# signer_of FILE: sets signer to key and name of the authority whose signature the CRL just read carries. Two may
# have the same name, or one key under two names, so each is tried alone; the system's own authorities must not count.
signer_of() {
  signer=''
  known=''
  while read -r candidate its_hash _ its_file _; do
    [ "$its_hash" = "$hash" ] || continue
    known=yes
    if SSL_CERT_DIR=/nonexistent SSL_CERT_FILE=/nonexistent \
      openssl crl -in "$1" -noout -CAfile "$work/$its_file" 2>&1 | grep -q '^verify OK'; then
      signer=$candidate-$hash
      return 0
    fi
  done <"$work/authorities"
  return 1
}

# is_lower A B: compares hexadecimal numbers of any length.
is_lower() {
  [ ${#1} -lt ${#2} ] || { [ ${#1} -eq ${#2} ] && [ "$1" != "$2" ] && expr "x$1" \< "x$2" >/dev/null; }
}

# What is known of the file in use, `signer number begins ends name` a line, into $work/present: from the state
# when that belongs to the file as it is now, else from the file itself.
read_present() {
  : >"$work/present"
  etag='' modified=''
  [ -s "$out" ] || return 0
  if [ -r "$state" ] && [ "$(sed -n 1p "$state")" = "$(digest_of <"$out")" ]; then
    sed -n '5,$p' "$state" >"$work/present"
    if [ "$(sed -n 2p "$state")" = "$url $(digest_of <"$ca")" ]; then
      etag=$(sed -n 3p "$state")
      modified=$(sed -n 4p "$state")
    fi
    return 0
  fi
  read_authorities
  split_pem "$out" 'X509 CRL' "$work/present" || return 0
  count=1
  while [ -f "$work/present.$count" ]; do
    if read_crl "$work/present.$count" && signer_of "$work/present.$count"; then
      printf '%s %s %s %s %s\n' "$signer" "$number" "$begins" "$ends" "$name" >>"$work/present"
    fi
    count=$((count + 1))
  done
}

# lasting FACTS SHARE: sets ending to a sentence when a CRL has at most life/SHARE, or --warn-seconds, left.
lasting() {
  ending=''
  moment=$(now)
  while read -r _ _ begins ends name; do
    left=$((ends - moment))
    limit=${warn:-$(((ends - begins) / $2))}
    [ "$left" -le "$limit" ] || continue
    if [ "$left" -le 0 ]; then
      ending="the CRL of $name in $out ended $(spoken $((-left))) ago: the proxy refuses every client below it"
      return 1
    fi
    [ -n "$ending" ] || ending="the CRL of $name in $out ends in $(spoken "$left"): the proxy then refuses every client below it"
  done <"$1"
  [ -z "$ending" ]
}

# Whatever went wrong with fetching: loud when the file in use does not last.
not_fetched() {
  [ -s "$work/present" ] || fail 1 "$1, and $out holds no CRL that could be used meanwhile"
  if lasting "$work/present" 2; then say "$1; what is in use lasts"; else trouble="$1; $ending"; fi
  settle
}
refuse() {
  lasting "$work/present" 2 || fail 3 "refused: $1; $ending"
  fail 3 "refused: $1; $out stays as it was"
}

# Runs the reload command when one is due, also one that failed before, and ends; with what troubles, if anything.
settle() {
  if [ -e "$due" ] && [ -n "$reload" ]; then
    if ! sh -c "$reload" >"$work/reload" 2>&1 </dev/null 9>&-; then
      fail 4 "$out is new, but the reload command failed and is tried again next time: $(tail -n 1 "$work/reload")"
    fi
    say "reloaded: $reload"
  fi
  rm -f "$due"
  [ -z "$trouble" ] || fail 1 "$trouble"
  [ -z "$left_out" ] || fail 5 "left out a CRL of $left_out, which is not in $ca: fetch the authorities again, or a bundle without it"
  exit 0
}

# Sets status; body, headers and what the program said are in $work.
fetch() {
  rm -f "$work/body" "$work/headers"
  (
    ulimit -f "$max_blocks" 2>/dev/null
    if [ "$fetcher" = curl ]; then
      set -- -q -sS -L --max-redirs 3 --proto =http,https -m "$timeout" -A "$me" -H 'Cache-Control: no-cache' -D "$work/headers" -o "$work/body"
      [ -z "$etag" ] || set -- "$@" -H "If-None-Match: $etag"
      [ -z "$modified" ] || set -- "$@" -H "If-Modified-Since: $modified"
      exec curl "$@" -- "$url" 2>"$work/said"
    else
      set -- wget -S -t 1 -U "$me" --header 'Cache-Control: no-cache' -O "$work/body"
      [ -z "$etag" ] || set -- "$@" --header "If-None-Match: $etag"
      [ -z "$modified" ] || set -- "$@" --header "If-Modified-Since: $modified"
      # Its own limit is for each wait alone, and in BusyBox 1.35 ends it by a segmentation fault.
      if command -v timeout >/dev/null 2>&1; then set -- timeout "$timeout" "$@"; else set -- "$@" -T "$timeout"; fi
      # GNU's writes the headers into its log, BusyBox's too.
      exec "$@" -- "$url" 2>"$work/headers"
    fi
  ) </dev/null
  result=$?
  touch "$work/body" "$work/headers" "$work/said"
  status=$(sed -n 's/^ *HTTP\/[0-9.]* \([0-9][0-9][0-9]\).*/\1/p' "$work/headers" | tail -n 1)
  [ "$fetcher" = curl ] || sed -e '/^wget: /b' -e '/^ *HTTP\//d' -e '/^ *[A-Za-z-]*: /d' "$work/headers" >"$work/said"
  # wget calls every status above 299 an error; a body that broke off is one whatever the status says.
  if [ "$result" -ne 0 ] && { [ "$fetcher" = curl ] || [ "${status:-200}" -lt 300 ]; }; then status=''; fi
}
header() {
  awk -v name="$1:" '{ sub(/\r$/, "") } tolower($1) == name { sub(/^ *[^ ]* */, ""); value = $0 } END { print value }' "$work/headers"
}

# identity_of PID: what tells a process from a later one with its number, also after a restart of the machine
# or of a container. Empty where there is no /proc.
identity_of() {
  [ -r "/proc/$1/stat" ] || return 0
  printf '%s-%s\n' "$(cat /proc/sys/kernel/random/boot_id 2>/dev/null)" \
    "$(sed -n '$s/.*) //p' "/proc/$1/stat" 2>/dev/null | awk '{ print $20 }')"
}

# is_at_work LOCK: whether the run that wrote `pid time identity` into its lock is still there.
is_at_work() {
  read -r pid since whose <<END
$1
END
  case $pid in '' | *[!0-9]*) return 1 ;; esac
  kill -0 "$pid" 2>/dev/null || return 1
  its=$(identity_of "$pid")
  if [ -n "$its" ]; then
    [ "$whose" = "$its" ]
    return
  fi
  # Any process may have the number by now: time decides.
  case $since in '' | *[!0-9]*) return 1 ;; esac
  [ $(($(now) - since)) -le $((timeout * 10)) ]
}

# Takes the lock of a run that is gone away. Others may find it at the same moment, and one of them may have a new
# lock already. So whoever takes it away has a ticket for this very lock, of which there is one.
remove_old_lock() {
  holder=$(cat "$out.run" 2>/dev/null)
  if is_at_work "$holder"; then return; fi
  ticket=$out.run.$(printf '%s' "$holder" | digest_of)
  if ! ln "$out.run.$$" "$ticket" 2>/dev/null; then
    # Somebody is at it, or was killed over it: then the next run does it.
    whoever=$(cat "$ticket" 2>/dev/null)
    [ -z "$whoever" ] || is_at_work "$whoever" || rm -f "$ticket"
    return
  fi
  # A new lock is never empty, nor like an old one.
  if [ -e "$out.run" ] && [ "$(cat "$out.run" 2>/dev/null)" = "$holder" ]; then rm -f "$out.run"; fi
  rm -f "$ticket"
}

## From here on in order.

left_out=''
trouble=''
free=''
# The reload command gets no 9, else what it starts would keep the lock.
if command -v flock >/dev/null 2>&1; then
  (: >>"$out.lock") 2>/dev/null || fail 6 "cannot write beside $out"
  exec 9>>"$out.lock"
  flock -n 9 2>/dev/null
  # Anything but these two: the file system knows no such locks.
  case $? in 0) free=yes ;; 1) free=no ;; esac
fi
if [ -z "$free" ]; then
  mine="$$ $(now) $(identity_of $$)"
  (echo "$mine" >"$out.run.$$") 2>/dev/null || fail 6 "cannot write beside $out"
  [ ! -e "$out.run" ] || remove_old_lock
  # A link is made whole or not at all.
  if ln "$out.run.$$" "$out.run" 2>/dev/null; then free=yes; else free=no; fi
  rm -f "$out.run.$$"
fi
if [ "$free" = no ]; then
  # A run that hangs, in its reload command for example, must not hide that the file ends or is not there yet.
  work=$(mktemp -d) || exit 6
  read_present
  [ -s "$work/present" ] || fail 1 "another run is at work, and $out holds no CRL that could be used meanwhile"
  lasting "$work/present" 4 || fail 1 "another run does not come to an end; $ending"
  say 'another run is at work'
  exit 0
fi

# What runs left behind that were killed.
rm -rf "$out".work.* "$out".run.*
work=$out.work.$$
mkdir "$work" 2>/dev/null || fail 6 "cannot write beside $out"

read_present
fetch
case $status in
304)
  lasting "$work/present" 4 || trouble="$url has nothing newer; $ending"
  settle
  ;;
200) ;;
'' | 5?? | 408 | 429)
  said=$(grep -v '^ *$' "$work/said" | tail -n 1)
  not_fetched "cannot fetch $url: ${status:+HTTP $status }${said:-$fetcher ended with $result}"
  ;;
*) refuse "$url answers HTTP $status" ;;
esac

split_pem "$work/body" 'X509 CRL' "$work/new" || refuse "$url was cut off"
[ -f "$work/new.1" ] || refuse "$url holds no CRL in PEM"
read_authorities
[ ! -f "$work/new.$((max_crls + 1))" ] || refuse "$url holds more than $max_crls CRLs"
: >"$work/chosen"
count=1
while [ -f "$work/new.$count" ]; do
  crl=$work/new.$count
  count=$((count + 1))
  read_crl "$crl" || refuse "CRL $((count - 1)) of $url cannot be read, or says nothing of its end"
  if ! signer_of "$crl"; then
    [ -z "$known" ] || refuse "the CRL of $name is not signed by the authority of that name in $ca"
    left_out=$name
    continue
  fi
  if is_partial "$crl"; then
    refuse "the CRL of $name is not a complete one: it is a delta, or for a part of the certificates"
  fi
  # The newest of each signer.
  rival=$(grep "^$signer " "$work/chosen")
  if [ -n "$rival" ]; then
    read -r _ its_number its_begins _ <<END
$rival
END
    if is_lower "$number" "$its_number"; then continue; fi
    [ "$number" != "$its_number" ] || [ "$begins" -gt "$its_begins" ] || continue
    awk -v signer="$signer" '$1 != signer' "$work/chosen" >"$work/others" && mv -f "$work/others" "$work/chosen" ||
      fail 6 "cannot write beside $out"
  fi
  printf '%s %s %s %s %s %s\n' "$signer" "$number" "$begins" "$ends" "${crl##*/}" "$name" >>"$work/chosen"
done

: >"$work/next"
: >"$work/bundle"
moment=$(now)
while read -r signer number begins ends file name; do
  [ "$ends" -gt "$moment" ] || refuse "the CRL of $name ended $(spoken $((moment - ends))) ago"
  if [ "$begins" -gt "$moment" ]; then
    early="the CRL of $name begins in $(spoken $((begins - moment))): is the clock of this machine right?"
    # Clocks differ by seconds: the next run finds it begun.
    if [ $((begins - moment)) -le 30 ]; then not_fetched "$early"; else refuse "$early"; fi
  fi
  while read -r its_signer its_number _; do
    if [ "$its_signer" = "$signer" ] && is_lower "$number" "$its_number"; then
      refuse "the CRL of $name has number 0x$number, lower than 0x$its_number in use"
    fi
  done <"$work/present"
  printf '%s %s %s %s %s\n' "$signer" "$number" "$begins" "$ends" "$name" >>"$work/next"
  { printf '# %s\n' "$name" && cat "$work/$file"; } >>"$work/bundle" || fail 6 "cannot write beside $out"
done <"$work/chosen"
while read -r key hash needed _ name; do
  [ "$needed" = yes ] || continue
  grep -q "^$key-$hash " "$work/next" || refuse "$url has no CRL of $name, which is in $ca"
done <"$work/authorities"

if ! cmp -s "$work/bundle" "$out"; then
  # Copied first, because that keeps mode and owner.
  if [ -e "$out" ]; then cp -p "$out" "$work/replacement"; fi
  cat "$work/bundle" >"$work/replacement" && { sync "$work/replacement" 2>/dev/null || :; } ||
    fail 6 "cannot write beside $out"
  touch "$due" && mv -f "$work/replacement" "$out" || fail 6 "$out cannot be replaced"
  say "$out is new"
fi
{
  digest_of <"$out"
  echo "$url $(digest_of <"$ca")"
  # With something left out the next run must look again, or it would be silent.
  if [ -z "$left_out" ]; then header etag; else echo; fi
  if [ -z "$left_out" ]; then header last-modified; else echo; fi
  cat "$work/next"
} >"$work/state" && mv -f "$work/state" "$state" || fail 6 "$state cannot be written"
lasting "$work/next" 4 || trouble="$url has nothing newer; $ending"
settle
