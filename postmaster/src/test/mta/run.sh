#!/usr/bin/env bash
# run.sh NAME TREE PORT FAR BACK: becomes the mail system NAME (exim, opensmtpd, postfix) of TREE, with an empty queue and
# its own configuration. It listens on PORT of 127.0.0.1 and sends mail for far.example to the port FAR there, and mail
# for example.com to the port BACK.
set -euo pipefail
name=$1 tree=$2 port=$3 far=$4 back=$5
here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")

put() { # FILE-HERE PATH-IN-TREE
    mkdir -p "$tree/$(dirname "$2")"
    sed "s/@PORT@/$port/g; s/@FAR@/$far/g; s/@BACK@/$back/g" "$here/$1" >"$tree/$2"
}

owned() { # OWNER MODE FOLDER...
    local owner=$1 mode=$2
    shift 2
    mkdir -p "${@/#/$tree}"
    chown "$owner" "${@/#/$tree}"
    chmod "$mode" "${@/#/$tree}"
}

id_of() { awk -F: -v name="$1" '$1 == name { print $3 }' "$tree/etc/passwd"; }

case $name in
exim)
    rm -rf "$tree/var/spool/exim4"
    put exim4.conf etc/exim4/exim4.conf
    user=$(id_of Debian-exim)
    owned "$user:$user" 750 /var/spool/exim4 /var/log/exim4 /var/lib/exim4
    exec chroot "$tree" /usr/sbin/exim4 -bdf -q10s
    ;;
opensmtpd)
    rm -rf "$tree/var/spool/smtpd"
    put smtpd.conf etc/smtpd.conf
    owned 0:0 711 /var/spool/smtpd /var/lib/opensmtpd/empty
    owned 0:0 755 /var/run
    exec chroot "$tree" /usr/sbin/smtpd -dv -f /etc/smtpd.conf
    ;;
postfix)
    rm -rf "$tree/var/spool/postfix"
    put main.cf etc/postfix/main.cf
    put master.cf etc/postfix/master.cf
    user=$(id_of postfix)
    spool=/var/spool/postfix
    owned 0:0 755 $spool $spool/pid
    owned "$user" 700 $spool/{active,bounce,corrupt,defer,deferred,flush,hold,incoming,private,saved,trace} /var/lib/postfix
    owned "$user:60010" 730 $spool/maildrop
    owned "$user:60010" 710 $spool/public
    exec chroot "$tree" /usr/lib/postfix/sbin/master -c /etc/postfix -d
    ;;
esac
