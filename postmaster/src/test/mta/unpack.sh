#!/usr/bin/env bash
# unpack.sh FOLDER: unpacks Postfix, Exim and OpenSMTPD of this Debian below FOLDER, each into a tree of its own into
# which one can chroot, with the libraries that it needs. Their packages conflict, and nothing is installed. A tree that
# is complete stays as it is. Exit code 0: all three are there.
set -euo pipefail
export LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive
folder=$1

# Packages of the libraries that a mail system needs and this machine lacks come with it.
download() { # PACKAGE...
    local more
    more=$(apt-get -s install -y --no-install-recommends "$@" 2>/dev/null | awk '/^Inst /{print $2}' | grep -v ^exim4-config$ || true)
    # shellcheck disable=SC2046,SC2086
    (cd "$deb" && apt-get download $(printf '%s\n' "$@" $more | sort -u))
}

unpack() { # NAME PACKAGE...
    local name=$1 tree=$folder/$1 deb
    shift
    [ -e "$tree.complete" ] && return
    rm -rf "$tree"
    deb=$(mktemp -d)
    # shellcheck disable=SC2064
    trap "rm -rf '$deb'" RETURN
    download "$@" || { apt-get update -qq && download "$@"; }
    mkdir -p "$tree"
    local package
    for package in "$deb"/*.deb; do dpkg -x "$package" "$tree"; done
    mkdir -p "$tree"/{etc,dev,tmp,var/log,var/lib,var/spool}
    [ -e "$tree/run" ] || mkdir "$tree/run"
    [ -e "$tree/lib64" ] || mkdir "$tree/lib64"
    chmod 1777 "$tree/tmp"
    libraries "$tree"
    users "$tree"
    # Where no device can be made, a file does.
    mknod -m 666 "$tree/dev/null" c 1 3 2>/dev/null || { touch "$tree/dev/null" && chmod 666 "$tree/dev/null"; }
    mknod -m 666 "$tree/dev/urandom" c 1 9 2>/dev/null || true
    touch "$tree.complete"
}

libraries() { # TREE
    local tree=$1 path library
    path=$(find "$tree/usr/lib" "$tree/lib" -name '*.so*' -printf '%h\n' 2>/dev/null | sort -u | tr '\n' ':' || true)
    find "$tree/usr" -type f -perm /111 | while read -r program; do
        LD_LIBRARY_PATH=$path ldd "$program" 2>/dev/null | grep -o '/[^ ]*' || true
    done | sort -u | while read -r library; do
        case $library in
        "$tree"/*) ;;
        *)
            mkdir -p "$tree/$(dirname "$library")"
            cp -Ln "$library" "$tree$library"
            ;;
        esac
    done
    # Libraries that came in packages are found without a cache.
    printf '%s\n' ${path//:/ } | sed "s|^$tree||" >"$tree/etc/ld.so.conf"
    mkdir -p "$tree/sbin" && cp -Ln "$(PATH=$PATH:/sbin:/usr/sbin command -v ldconfig)" "$tree/sbin/ldconfig"
    chroot "$tree" /sbin/ldconfig
}

users() { # TREE
    local tree=$1 number=60001 name
    printf 'root:x:0:0::/:/bin/false\nnobody:x:65534:65534::/:/bin/false\n' >"$tree/etc/passwd"
    printf 'root:x:0:\nnogroup:x:65534:\npostdrop:x:60010:\n' >"$tree/etc/group"
    for name in Debian-exim postfix opensmtpd opensmtpq; do
        printf '%s:x:%d:%d::/:/bin/false\n' "$name" "$number" "$number" >>"$tree/etc/passwd"
        printf '%s:x:%d:\n' "$name" "$number" >>"$tree/etc/group"
        number=$((number + 1))
    done
    printf '127.0.0.1 localhost\n' >"$tree/etc/hosts"
    printf 'hosts: files\n' >"$tree/etc/nsswitch.conf"
}

[ "$(id -u)" = 0 ] || { echo "only root can chroot"; exit 2; }
mkdir -p "$folder"
exec 9>"$folder/lock"
flock 9
unpack exim exim4-base exim4-daemon-light
unpack opensmtpd opensmtpd
unpack postfix postfix
