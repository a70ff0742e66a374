#!/usr/bin/env bash
# Installs what a target of the Makefile needs and this machine lacks, or says exactly what to install.
# Usage: scripts/deps.sh build|demo|shots|test|lint|bench
set -euo pipefail
need=${1:?usage: scripts/deps.sh build|demo|shots|test|lint|bench}

say() { printf '%s\n' "$*"; }
have() { command -v "$1" >/dev/null 2>&1; }

want_go="$(sed -n 's/^go \([0-9]*\.[0-9]*\).*/\1/p' go.mod)"
if ! have go; then
  say "Go $want_go or newer is missing. Get it from https://go.dev/dl/ and run this again."
  exit 1
fi
have_go="$(go env GOVERSION | sed 's/^go//')"
if [ "$(printf '%s\n%s\n' "$want_go" "$have_go" | sort -V | head -n 1)" != "$want_go" ]; then
  say "Go $want_go or newer is needed, this is $have_go. Get it from https://go.dev/dl/ and run this again."
  exit 1
fi

# command:debian-package pairs, then packages that have no command of their own.
commands=() packages=()
# What the C parts compile against: the window (Fyne, OpenGL ES) and the key driver (robotgo).
headers=(libc6-dev pkg-config libgl1-mesa-dev libgles2-mesa-dev libegl1-mesa-dev libx11-dev libxcursor-dev libxrandr-dev libxinerama-dev libxi-dev
  libxxf86vm-dev libxkbcommon-dev libwayland-dev libxtst-dev)
case "$need" in
build) commands=(gcc:gcc) packages=("${headers[@]}") ;;
demo | shots) commands=(python3:python3 gcc:gcc) packages=("${headers[@]}") ;;
test) commands=(python3:python3 gcc:gcc dbus-daemon:dbus sox:sox ffmpeg:ffmpeg flac:flac lame:lame mediainfo:mediainfo loudgain:loudgain ffprobe:ffmpeg gio:libglib2.0-bin
  Xvfb:xvfb openbox:openbox xdotool:xdotool setxkbmap:x11-xkb-utils pulseaudio:pulseaudio pactl:pulseaudio-utils import:imagemagick)
  packages=("${headers[@]}" libgl1-mesa-dri fonts-dejavu-core) ;;
bench) commands=(python3:python3 gcc:gcc dbus-daemon:dbus sox:sox ffmpeg:ffmpeg flac:flac lame:lame Xvfb:xvfb)
  packages=("${headers[@]}" libgl1-mesa-dri fonts-dejavu-core) ;;
lint) commands=(node:nodejs npm:npm gcc:gcc) packages=("${headers[@]}") ;;
*) say "unknown target $need"; exit 2 ;;
esac
# A font with Japanese in it, for the picture of the window in Japanese.
[ "$need" = shots ] && packages+=(fonts-vlgothic)
# Without a display the demo draws the tray on a small panel of its own, and takes a picture.
if [ "$(uname -s)" = Linux ] && { [ "$need" = shots ] || { [ "$need" = demo ] && [ -z "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; }; }; then
  commands+=(Xvfb:xvfb dbus-daemon:dbus xfce4-panel:xfce4-panel openbox:openbox dunst:dunst xdotool:xdotool
    xprop:x11-utils import:imagemagick notify-send:libnotify-bin xfconf-query:xfconf)
  packages+=(fonts-dejavu-core adwaita-icon-theme hicolor-icon-theme)
fi

missing=()
for pair in "${commands[@]}"; do
  have "${pair%%:*}" || missing+=("${pair#*:}")
done
case "$(uname -s)" in
Linux)
  if have dpkg-query; then
    for p in "${packages[@]}"; do
      dpkg-query -W -f='${Status}' "$p" 2>/dev/null | grep -q 'ok installed' || missing+=("$p")
    done
  fi
  [ ${#missing[@]} -eq 0 ] && exit 0
  if have apt-get; then
    sudo=""
    [ "$(id -u)" = 0 ] || { have sudo && sudo=sudo || { say "Please run as root: apt-get install ${missing[*]}"; exit 1; }; }
    say "Installing ${#missing[@]} packages: ${missing[*]}"
    log=$(mktemp)
    if ! { $sudo apt-get update -q && DEBIAN_FRONTEND=noninteractive $sudo apt-get install -q -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
      tail -n 20 "$log"
      say "apt-get could not install them; the lines above say why."
      exit 1
    fi
    rm -f "$log"
  else
    say "Please install with your package manager (Debian's names): ${missing[*]}"
    exit 1
  fi
  ;;
Darwin)
  [ ${#missing[@]} -eq 0 ] && exit 0
  say "Please install with Homebrew (https://brew.sh), then run this again: brew install ${missing[*]}"
  say "(gcc comes with: xcode-select --install)"
  exit 1
  ;;
MINGW* | MSYS*)
  [ ${#missing[@]} -eq 0 ] && exit 0
  if have pacman; then
    say "Installing with pacman: ${missing[*]}"
    pacman -S --needed --noconfirm "${missing[@]/#/${MINGW_PACKAGE_PREFIX:-mingw-w64-ucrt-x86_64}-}"
  else
    say "Please install in the MSYS2 shell: ${missing[*]}"
    exit 1
  fi
  ;;
*)
  [ ${#missing[@]} -eq 0 ] || { say "Please install: ${missing[*]}"; exit 1; }
  ;;
esac
