#!/bin/sh
# countersign-ship-logs.sh: sends the logs of a proxy to Countersign, which says why handshakes were refused.
#
#   countersign-ship-logs.sh --plane 10.0.0.5:3443 --name countersign.example --proxy edge \
#     --ca /etc/countersign/servers.pem --token /etc/countersign/edge.token \
#     --state /var/lib/countersign/edge.shipped --follow /var/log/nginx/error.log /var/log/nginx/access.log
#
# It sends every whole line once: what was sent is kept in --state, a batch that was not answered is sent again as it
# was, under the same id, which the server knows, whichever of the two was killed. Files are known by their inode and their first
# octets, so that a log may be rotated while it is read and while nothing reads it: by rename, by copy and truncate
# (copytruncate), and compressed by gzip afterwards. Rotated ones are looked for beside the log, as FILE.1,
# FILE-20260301 and the like, with and without .gz. A last line without an end waits for it; in a rotated file for
# a minute.
#
# What no reader can get is not sent: what a writer adds between the copy and the truncation of copytruncate, and
# what was removed, or compressed by another program than gzip, before it was read.
#
#   --plane HOST:PORT      https port of a protocol plane; given again for others, which are asked when it is silent
#   --name NAME            name in the certificate of the planes
#   --proxy NAME           short name of this proxy
#   --ca FILE              certificates of the authorities of the planes, PEM: the trust bundle servers
#   --token FILE           holds the token of this proxy; read anew for each batch
#   --state FILE           what was sent; other files are made beside it. One for each run
#   --follow               go on until ended; without it, send what there is and end
#   --new-only             of a log that is not in --state yet, send only what is written from now on. Without it: all
#                          of it, and nothing of what was rotated before
#   --interval SECONDS     between two looks with --follow, 1 without it: so old a line gets before it is sent
#   --batch-kib N          so much is sent at once, 1024 without it. A longer line is cut
#   --timeout SECONDS      longest time that sending a batch may take, 30 without it
#   --verbose              say also what went well
#
# It ends with 0, and silently when all is well. With --follow it goes on trying, and says on stderr what troubles; else:
#   1  no plane takes what is sent: none is reached, or they are too busy; it is sent next time
#   2  wrong parameters, a program that is missing, or a token that cannot be read
#   3  refused: the planes do not know this proxy or its token, or whatever answers there is not Countersign
#   4  another run is at work
#   6  a file could not be written
#
# Needs: POSIX sh and utilities, head -c, curl and flock. Where there is gzip, batches are compressed.

set -u
LC_ALL=C
export LC_ALL
umask 077

me=countersign-ship-logs
# Of a file's first octets, by which it is known again.
known=1024
# How often a run without --follow tries to send a batch.
tries=4
longest_wait=60
# How long a file may be missing before it is given up, in seconds.
patience=60

planes='' name='' proxy='' ca='' token='' state='' follow='' new_only='' interval=1 kib=1024 timeout=30 verbose=''
work='' napping=''
newline='
'

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
  [ -z "$napping" ] || kill "$napping" 2>/dev/null
  [ -z "$work" ] || rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

while [ $# -gt 0 ]; do
  case $1 in
  --plane | --name | --proxy | --ca | --token | --state | --interval | --batch-kib | --timeout)
    [ $# -ge 2 ] || usage "$1 needs a value"
    case $1 in
    --plane)
      case $2 in *[!]A-Za-z0-9.:_[-]* | *: | :*) usage '--plane must be host:port' ;; *:*) ;; *) usage '--plane must be host:port' ;; esac
      planes="$planes $2"
      ;;
    --name) name=$2 ;;
    --proxy) proxy=$2 ;;
    --ca) ca=$2 ;;
    --token) token=$2 ;;
    --state) state=$2 ;;
    --interval) interval=$2 ;;
    --batch-kib) kib=$2 ;;
    --timeout) timeout=$2 ;;
    esac
    shift 2
    ;;
  --follow)
    follow=yes
    shift
    ;;
  --new-only)
    new_only=yes
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
  --)
    shift
    break
    ;;
  -*) usage "there is no parameter $1" ;;
  *) break ;;
  esac
done
[ -n "$planes" ] || usage '--plane is missing'
case $name in '' | *[!A-Za-z0-9.:-]*) usage '--name must be the name in the certificate of the planes' ;; esac
case $proxy in '' | *[!a-z0-9-]*) usage '--proxy must be the short name of a proxy' ;; esac
[ -n "$ca" ] || usage '--ca is missing'
[ -n "$token" ] || usage '--token is missing'
[ -n "$state" ] || usage '--state is missing'
[ $# -gt 0 ] || usage 'no log is named'
for number in "$interval" "$kib" "$timeout"; do
  case $number in '' | 0* | *[!0-9]* | ??????*) usage '--interval, --batch-kib and --timeout must be whole numbers above 0' ;; esac
done
for log in "$@"; do
  case $log in
  --*) usage "parameters stand before the logs: $log" ;;
  *"$newline"*) usage 'the name of a log must not hold a line break' ;;
  /*) ;;
  *) usage "name the log by its whole path: $log" ;;
  esac
  [ ! -d "$log" ] || fail 2 "$log is a folder"
done
for tool in curl flock head tail cksum; do
  command -v "$tool" >/dev/null 2>&1 || fail 2 "the program $tool is missing"
done
[ -r "$ca" ] || fail 2 "$ca (--ca) cannot be read"
[ ! -d "$state" ] || fail 2 "$state (--state) is a folder"
gzip=''
! command -v gzip >/dev/null 2>&1 || gzip=.gz
max=$((kib * 1024))

now() { date +%s; }
sum_of() {
  sum=$(cksum)
  echo "${sum%% *}"
}

## What was sent: a file of a log is a source. Each has a number of its own, an inode, a sum of so many first octets,
## how far it was sent ("all" of a compressed one), since when it is missing (0: it is not), and its log.

# A line for each source, in the order in which they came: number inode length sum offset missing log.
sources=''
# The batch that was cut and not yet acknowledged: number of the source, its offset afterwards, id, file, sum of the file.
pending=''
# Logs that were seen before, a line for each.
seen_logs=''

read_state() {
  shipper='' next=1
  [ -e "$state" ] || return 0
  [ -r "$state" ] && [ "$(sed -n 1p "$state")" = "$me 1" ] || fail 6 "$state (--state) is not one of $me"
  while read -r kind rest; do
    case $kind in
    shipper)
      shipper=${rest% *}
      next=${rest#* }
      ;;
    batch) pending=$rest ;;
    log) seen_logs=$seen_logs$rest$newline ;;
    source) sources=$sources$rest$newline ;;
    esac
  done <"$state"
}

# Its octets are on the disk before it takes the place of the one before.
write_state() {
  {
    echo "$me 1"
    echo "shipper $shipper $next"
    [ -z "$pending" ] || echo "batch $pending"
    printf %s "$seen_logs" | sed 's/^/log /'
    printf %s "$sources" | sed 's/^/source /'
  } >"$work/state" && on_disk "$work/state" && mv -f "$work/state" "$state" || fail 6 "$state cannot be written"
}
on_disk() { sync "$1" 2>/dev/null || :; }

# sent NUMBER OFFSET: sets how far a source was sent.
sent() {
  changed=''
  while read -r number inode length sum offset missing log; do
    [ -n "$number" ] || continue
    [ "$number" != "$1" ] || offset=$2
    changed="$changed$number $inode $length $sum $offset $missing $log$newline"
  done <<END
$sources
END
  sources=$changed
}

## Sending.

# ask PLANE: sends the file of the batch; sets status, empty when there was no answer.
ask() {
  case $name in *:*) host="[$name]" ;; *) host=$name ;; esac
  set -- "$1" -q -sS --proto =https --tlsv1.2 -A "$me" --cacert "$ca" --connect-to "::$1" \
    --connect-timeout 5 -m "$timeout" --max-filesize 1048576 -H "@$work/authorization" \
    -H 'Content-Type: text/plain' -H 'Expect:' -H "X-Countersign-Batch: $batch_id" \
    -D "$work/headers" -o "$work/answer" --data-binary "@$batch_file"
  case $batch_file in *.gz) set -- "$@" -H 'Content-Encoding: gzip' ;; esac
  plane=$1
  shift
  : >"$work/headers"
  : >"$work/answer"
  if curl "$@" -- "https://$host:${plane##*:}/v1/ingest/$proxy" 2>"$work/said" 9>&- </dev/null; then
    status=$(sed -n 's/^HTTP\/[0-9.]* \([0-9][0-9][0-9]\).*/\1/p' "$work/headers" | tail -n 1)
  else
    status=''
  fi
}

# How long the server wants to be left alone, in seconds; empty when it does not say.
retry_after() {
  tr -d '\r' <"$work/headers" | sed -n 's/^[Rr][Ee][Tt][Rr][Yy]-[Aa][Ff][Tt][Ee][Rr]: *\([0-9]\{1,4\}\) *$/\1/p' | tail -n 1
}

nap() {
  sleep "$1" 9>&- &
  napping=$!
  wait "$napping"
  napping=''
}

# The same trouble is not told again for ten minutes.
told='' told_at=0
tell() {
  moment=$(now)
  [ "$told" != "$1" ] || [ $((moment - told_at)) -ge 600 ] || return 0
  complain "$1"
  told=$1 told_at=$moment
}

read_token() {
  secret=$(sed -n '1s/^csp_[A-Za-z0-9_-]*$/&/p' "$token" 2>/dev/null)
  # Not among the parameters, which everybody on the machine sees.
  printf 'Authorization: Bearer %s\n' "$secret" >"$work/authorization"
  [ -n "$secret" ]
}

# Sends the pending batch until it is acknowledged. Fails when the server takes only smaller ones: then it took nothing
# of this, and there is no pending one any more.
send_pending() {
  read -r batch_source batch_end batch_id batch_file batch_sum <<END
$pending
END
  batch_file=$state.$batch_file
  if [ ! -r "$batch_file" ] || [ "$(sum_of <"$batch_file")" != "$batch_sum" ]; then
    complain "$batch_file is not what it was: what it held is cut anew, and may be sent twice"
    pending=''
    return 1
  fi
  tried=0 wait=1
  while :; do
    tried=$((tried + 1))
    refused='' trouble='' pause=''
    if ! read_token; then
      [ -n "$follow" ] || fail 2 "$token (--token) holds no token of a proxy"
      refused="$token (--token) holds no token of a proxy"
    else
      for each in $planes; do
        ask "$each"
        case $status in
        2??)
          if grep -q '"taken"' "$work/answer"; then
            [ -z "$told" ] || complain 'batches are taken again'
            told=''
            say "sent $batch_id: $(tr -d '\n' <"$work/answer")"
            sent "$batch_source" "$batch_end"
            pending=''
            return 0
          fi
          refused="what answers at $plane is not Countersign"
          ;;
        '') trouble="cannot reach $plane: $(grep -v '^ *$' "$work/said" | tail -n 1)" ;;
        5?? | 408 | 429)
          trouble="$plane cannot take more now: HTTP $status"
          pause=$(retry_after)
          ;;
        413)
          [ "$max" -gt 65536 ] || refused="$plane takes not even $max octets at once: HTTP 413"
          if [ -z "$refused" ]; then
            max=$((max / 2))
            say "$plane wants smaller batches: $max octets from now on"
            pending=''
            return 1
          fi
          ;;
        *) refused="$plane answers HTTP $status: $(head -c 300 "$work/answer" | tr -c '[:print:]' ' ')" ;;
        esac
        # Another plane knows no more of a token, nor of how much is taken.
        case $status in '' | 5??) ;; *) break ;; esac
      done
    fi
    if [ -n "$refused" ]; then
      [ -n "$follow" ] || fail 3 "refused: $refused"
      tell "refused, and tried again until it is taken: $refused"
    else
      [ -n "$follow" ] || [ "$tried" -lt "$tries" ] || fail 1 "$trouble; it is sent next time"
      [ "$tried" -lt "$tries" ] || tell "$trouble; nothing is lost, and it is tried again"
      say "$trouble"
    fi
    nap "${pause:-$wait}"
    wait=$((wait * 2))
    [ "$wait" -le "$longest_wait" ] || wait=$longest_wait
  done
}

## Finding the files of a log, whatever they are called meanwhile.

# first_sum FILE LENGTH: sum of its first octets; empty when it has fewer.
first_sum() {
  if [ "$1 $2" != "${summed-}" ]; then
    case $1 in
    *.gz) gzip -dc -- "$1" 2>/dev/null | head -c "$2" >"$work/first" ;;
    *) head -c "$2" -- "$1" >"$work/first" 2>/dev/null ;;
    esac
    first=$(cksum <"$work/first")
    [ "${first#* }" = "$2" ] || first=''
    first=${first%% *}
    summed="$1 $2"
  fi
}

# list LOG: lines of inode, size and name, of the log and what was rotated away from it.
list() {
  set +f
  ls -dniL -- "$1" "$1"[.-][0-9]* 2>/dev/null
  set -f
}
# file_of_listed INODE: sets listed to its line; fails when there is none yet.
file_of_listed() {
  case $newline$files in *"$newline$1 "*) ;; *) return 1 ;; esac
  listed=$newline$files
  listed=$1' '${listed#*"$newline$1 "}
  listed=${listed%%"$newline"*}$newline
}
# file_of INODE: sets size and file by what was listed; fails when there is none.
file_of() {
  file_of_listed "$1" || return 1
  file=${listed#* }
  size=${file%% *}
  file=${file#* }
  file=${file%"$newline"}
}

# Compressed files that were looked into by this run: nobody writes to them.
unpacked=''
# is_intact: whether the source just read is still the file that it was, and has not become shorter.
is_intact() {
  case $file in
  *.gz)
    [ "$length" -gt 0 ] || return 0
    case $newline$unpacked in *"$newline$inode $size $sum$newline"*) return 0 ;; esac
    first_sum "$file" "$length"
    [ "$first" = "$sum" ] || return 1
    unpacked=$unpacked$inode' '$size' '$sum$newline
    return 0
    ;;
  esac
  [ "$offset" != all ] && [ "$size" -ge "$offset" ] || return 1
  # One that is not written to any more was looked at before.
  [ "$size" != "$offset" ] || [ "$file" = "$log" ] || return 0
  # More octets know it better. Their sum counts only when the file is the same after it was taken.
  longer='' more=$known
  if [ "$length" -lt "$known" ] && [ "$size" -gt "$length" ]; then
    [ "$size" -ge "$more" ] || more=$size
    summed=''
    first_sum "$file" "$more"
    longer=$first
  fi
  if [ "$length" -gt 0 ]; then
    summed=''
    first_sum "$file" "$length"
    [ "$first" = "$sum" ] || return 1
  fi
  [ -z "$longer" ] || length=$more sum=$longer
  summed=''
}

# look LOG NUMBER: brings the sources up to what is on the disk. Fails when nothing changed since all of it was sent.
look() {
  here=$1
  listing=$(list "$here")
  eval "before=\${listing_$2-} all_sent=\${all_sent_$2-}"
  [ "$listing" != "$before" ] || [ -z "$all_sent" ] || return 1
  eval "listing_$2=\$listing all_sent_$2="
  files='' summed=''
  while read -r inode _ _ _ _ size _ _ _ file; do
    case $file in '' | *.xz | *.bz2 | *.zst | *.lz4) continue ;; esac
    [ -f "$file" ] || continue
    if [ ! -r "$file" ]; then
      tell "$file cannot be read"
      continue
    fi
    # Listed twice when it was renamed meanwhile: then the last is the name it has.
    ! file_of_listed "$inode" || files=${files%%"$listed"*}${files#*"$listed"}
    files=$files$inode' '$size' '$file$newline
  done <<END
$listing
END
  is_new=''
  case $newline$seen_logs in *"$newline$here$newline"*) ;; *) is_new=yes ;; esac

  # Which sources are where they were.
  others='' present='' absent=''
  while read -r number inode length sum offset missing log; do
    [ -n "$number" ] || continue
    if [ "$log" != "$here" ]; then
      others="$others$number $inode $length $sum $offset $missing $log$newline"
    elif file_of "$inode" && is_intact; then
      present="$present$number $inode $length $sum $offset 0 $log$newline"
    else
      [ "$missing" -gt 0 ] || missing=$(now)
      absent="$absent$number $inode $length $sum $offset $missing $log$newline"
    fi
  done <<END
$sources
END
  # Whose file each of the others is.
  while read -r inode size file; do
    [ -n "$inode" ] || continue
    case $newline$present in *"$newline"[0-9]*" $inode "*) is_held && continue ;; esac
    adopt
  done <<END
$files
END
  give_up
  sources=$(printf %s "$others$absent$present" | sort -n)$newline
  [ "$sources" != "$newline" ] || sources=''
  [ -z "$is_new" ] || seen_logs=$seen_logs$here$newline
}
# is_held: whether a present source has this inode; the pattern before may have found it in another column.
is_held() {
  while read -r _ its_inode _; do [ "$its_inode" != "$inode" ] || return 0; done <<END
$present
END
  return 1
}

# adopt: finds out what the listed file is that no source has: one that was copied or compressed, or a new one.
adopt() {
  left='' taken=''
  while read -r number its_inode length sum offset missing log; do
    [ -n "$number" ] || continue
    if [ -z "$taken" ] && continues; then
      taken="$number $inode $length $sum $offset 0 $log$newline"
    else
      left="$left$number $its_inode $length $sum $offset $missing $log$newline"
    fi
  done <<END
$absent
END
  # Renamed meanwhile, it may have been another one that was looked into.
  is_there || return 0
  if [ -n "$taken" ]; then
    absent=$left
    present=$present$taken
    return
  fi
  # A copy that is just being made of a file which is still there, or a compressed twin.
  while read -r number its_inode length sum offset _; do
    [ -n "$number" ] || continue
    if [ "$length" -gt 0 ]; then
      first_sum "$file" "$length"
      [ "$first" != "$sum" ] || return 0
    fi
  done <<END
$present
END
  case $file in
  *.gz) [ -n "$gzip" ] && gzip -t -- "$file" 2>/dev/null || return 0 ;;
  "$here") ;;
  *)
    # The log is truncated only when its copy is whole: one that did not grow since it was listed, and is none of what is
    # in the log now, is none of it.
    ! is_copy && is_as_listed || return 0
    ;;
  esac
  length=0 sum=0 offset=0
  if [ -n "$is_new" ] && { [ -n "$new_only" ] || [ "$file" != "$here" ]; }; then
    case $file in
    *.gz)
      offset=all
      first_sum "$file" "$known"
      [ -z "$first" ] || length=$known sum=$first
      ;;
    *)
      length=$known offset=$size
      [ "$size" -ge "$length" ] || length=$size
      first_sum "$file" "$length"
      sum=$first
      # Of a line that is just being written all is sent.
      if [ "$file" = "$here" ] && [ "$size" -gt 0 ]; then
        head -c "$size" -- "$file" | tail -n 1 >"$work/first"
        [ "$(tail -c 1 "$work/first" | wc -l)" -eq 1 ] || offset=$((size - $(wc -c <"$work/first")))
      fi
      ;;
    esac
  fi
  is_there || return 0
  present="$present$next $inode $length $sum $offset 0 $here$newline"
  next=$((next + 1))
}
# is_copy: whether the listed file holds what the log begins with, or nothing yet.
is_copy() {
  [ "$size" -gt 0 ] || return 0
  enough=$known
  [ "$size" -ge "$enough" ] || enough=$size
  summed=''
  first_sum "$here" "$enough"
  its_sum=$first
  summed=''
  first_sum "$file" "$enough"
  [ -n "$first" ] && [ "$first" = "$its_sum" ]
}
# continues: whether the listed file holds what the absent source just read held.
continues() {
  [ "$length" -gt 0 ] && [ "$offset" != all ] || return 1
  case $file in
  *.gz) [ -n "$gzip" ] || return 1 ;;
  *) [ "$size" -ge "$offset" ] || return 1 ;;
  esac
  first_sum "$file" "$length"
  [ "$first" = "$sum" ]
}

# give_up: forgets sources that are missing for too long. A rename is not seen as one step by who lists a folder.
give_up() {
  left='' moment=$(now)
  while read -r number inode length sum offset missing log; do
    [ -n "$number" ] || continue
    if [ $((moment - missing)) -lt "$patience" ]; then
      left="$left$number $inode $length $sum $offset $missing $log$newline"
      continue
    fi
    eval "size=\${size_$number-0}"
    [ "$offset" = all ] || [ "$size" -le "$offset" ] ||
      complain "a file of $log is gone, and $((size - offset)) octets of it with it, which were not sent"
  done <<END
$absent
END
  absent=$left
}

## Cutting batches.

# cut_batch: reads whole lines of the source from its offset into $work/batch, and sets end. Fails when there are none.
cut_batch() {
  case $file in
  *.gz) gzip -dc -- "$file" 2>/dev/null | tail -c "+$((offset + 1))" | head -c "$max" >"$work/batch" ;;
  *) tail -c "+$((offset + 1))" -- "$file" 2>/dev/null | head -c "$max" >"$work/batch" ;;
  esac
  got=$(($(wc -c <"$work/batch")))
  [ "$got" -gt 0 ] || return 1
  if [ "$offset" -eq 0 ] && [ "$length" -eq 0 ]; then
    length=$known
    [ "$got" -ge "$length" ] || length=$got
    sum=$(head -c "$length" "$work/batch" | sum_of)
  fi
  end=$((offset + got))
  [ "$(tail -c 1 "$work/batch" | wc -l)" -eq 0 ] || return 0
  rest=$(($(tail -n 1 "$work/batch" | wc -c)))
  if [ "$rest" -lt "$got" ]; then
    end=$((end - rest))
    dd of="$work/batch" bs=1 seek=$((got - rest)) count=0 2>/dev/null </dev/null
    return 0
  fi
  # The line is longer than a batch, or it is the last and nobody ends it any more.
  [ "$got" -lt "$max" ] || return 0
  is_final || return 1
  echo >>"$work/batch"
}
# is_final: whether nobody goes on with the last line.
is_final() {
  case $file in *.gz) return 0 ;; "$here") return 1 ;; esac
  [ -n "$(find "$file" -prune -mmin +1 2>/dev/null)" ]
}
# is_there: whether what was listed still has its name.
is_there() {
  read -r its_inode _ <<END
$(ls -diL -- "$file" 2>/dev/null)
END
  [ "$its_inode" = "$inode" ]
}
# is_as_listed: whether it also has the size that it had.
is_as_listed() {
  read -r its_inode _ _ _ _ its_size _ <<END
$(ls -dniL -- "$file" 2>/dev/null)
END
  [ "$its_inode $its_size" = "$inode $size" ]
}
# is_same: whether the file just read from is still the one that it was taken for.
is_same() {
  is_there || return 1
  [ "$length" -gt 0 ] || return 0
  summed=''
  first_sum "$file" "$length"
  [ "$first" = "$sum" ]
}

# ship NUMBER: sends what there is of a source. Fails when the file is not what it was: then it is looked for again.
ship() {
  while :; do
    # What it says after each batch.
    line=$newline$sources
    case $line in *"$newline$1 "*) ;; *) return 0 ;; esac
    line=${line#*"$newline$1 "}
    read -r inode length sum offset _ log <<END
$line
END
    [ "$offset" != all ] || return 0
    file_of "$inode" || return 0
    eval "size_$1=\$size"
    case $file in *.gz) ;; *) [ "$size" -gt "$offset" ] || return 0 ;; esac
    if ! cut_batch; then
      case $file in
      *.gz)
        # Nothing came because that was all, or because it has another name by now.
        is_same && gzip -t -- "$file" 2>/dev/null || return 1
        sent "$1" all
        ;;
      "$here") ;;
      *) waits=yes ;;
      esac
      return 0
    fi
    is_same || return 1
    id=$shipper-$1-$offset-$end-$(sum_of <"$work/batch")
    # Beside the one before, which the state may still name.
    case ${batch_file-} in *.batch-a | *.batch-a.gz) spool=batch-b$gzip ;; *) spool=batch-a$gzip ;; esac
    if [ -n "$gzip" ]; then gzip -1 -c <"$work/batch" >"$work/spool"; else cp "$work/batch" "$work/spool"; fi &&
      on_disk "$work/spool" && batch_sum=$(sum_of <"$work/spool") && mv -f "$work/spool" "$state.$spool" ||
      fail 6 "$state.$spool cannot be written"
    sources=$(printf %s "$sources" | sed "s|^$1 [0-9]* [0-9]* [0-9]* |$1 $inode $length $sum |")$newline
    pending="$1 $end $id $spool $batch_sum"
    write_state
    send_pending || :
    # Of a file that grows meanwhile, the rest is there at the next look.
    [ "$got" -ge "$max" ] || case $file in *.gz) ;; *) return 0 ;; esac
  done
}

## From here on in order.

(: >>"$state.lock") 2>/dev/null || fail 6 "cannot write beside $state"
exec 9>>"$state.lock"
tried=0
# A program of a run that was killed may still hold it for a moment.
until flock -n 9; do
  tried=$((tried + 1))
  [ "$tried" -lt 4 ] || fail 4 "another run is at work with $state"
  sleep 1
done
rm -rf "$state".work.*
set -f
work=$state.work.$$
mkdir "$work" 2>/dev/null || fail 6 "cannot write beside $state"

read_state
[ -n "$shipper" ] || shipper=$(od -An -N8 -tx1 /dev/urandom | tr -d ' \n')
if [ -n "$pending" ]; then
  send_pending || :
  write_state
fi
# Which logs there are is kept before anything is sent: sending may take hours, and what is rotated meanwhile is theirs.
count=0 known_logs=$seen_logs
for each_log in "$@"; do
  count=$((count + 1))
  case $newline$seen_logs in *"$newline$each_log$newline"*) ;; *) look "$each_log" "$count" || : ;; esac
done
[ "$seen_logs" = "$known_logs" ] || write_state
while :; do
  count=0
  for each_log in "$@"; do
    count=$((count + 1))
    looks=0
    # Again at once, when a file was rotated while it was read.
    while [ "$looks" -lt 3 ] && look "$each_log" "$count"; do
      looks=$((looks + 1))
      waits='' moved=''
      for number in $(printf %s "$present" | sort -n | cut -d ' ' -f 1); do
        ship "$number" || moved=yes
      done
      [ -n "$moved$waits" ] || eval "all_sent_$count=yes"
      [ -n "$moved" ] || break
    done
  done
  if [ "${written-}" != "$shipper $next $seen_logs$sources" ]; then
    write_state
    written="$shipper $next $seen_logs$sources"
    # What it holds was taken.
    rm -f "$state.batch-a" "$state.batch-a.gz" "$state.batch-b" "$state.batch-b.gz"
  fi
  [ -n "$follow" ] || break
  nap "$interval"
done
