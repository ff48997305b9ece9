#!/usr/bin/env bash
# Puts the program where the PATH finds it: /usr/local for root, ~/.local for everybody else, PREFIX for whoever says so.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
if [ "$(id -u)" = 0 ]; then prefix=${PREFIX:-/usr/local}; else prefix=${PREFIX:-$HOME/.local}; fi
install -D "$CARGO_TARGET_DIR/release/cutline" "$prefix/bin/cutline"
echo "Installed $prefix/bin/cutline"
case :$PATH: in
  *:"$prefix/bin":*) ;;
  *) echo "$prefix/bin is not on your PATH yet: export PATH=\"$prefix/bin:\$PATH\"" ;;
esac
