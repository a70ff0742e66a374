#!/usr/bin/env bash
# Prints GOFLAGS for this machine: one set for build, vet, test and lint, because another set compiles the C parts again.
# Left out where their C headers are missing: the window (nowindow) and the key driver of export attempts (norobot); docs/adr/0012 and 0015.
tags=migrated_fynedo
if [ "$(uname -s)" = Linux ]; then
  tags=gles,$tags
  cc=${CC:-$(command -v gcc || command -v cc || true)}
  has() { [ -n "$cc" ] && printf '#include <%s>\n' "$@" | "$cc" -E - >/dev/null 2>&1; }
  has X11/Xlib.h X11/extensions/XTest.h || tags+=,norobot
  has GLES2/gl2.h X11/Xcursor/Xcursor.h X11/extensions/Xrandr.h X11/extensions/Xinerama.h X11/extensions/XInput2.h \
    X11/extensions/xf86vmode.h xkbcommon/xkbcommon.h wayland-client.h || tags+=,nowindow
fi
printf -- '-tags=%s\n' "$tags"
