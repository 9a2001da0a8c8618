#!/bin/sh
# Builds the modules of the corpus. They are checked in beside their sources,
# because not every machine has these compilers; the Go guests are built by the
# tests. Built with clang 14, rustc 1.63 and AssemblyScript 0.28:
#
#	apt-get install clang lld rustc libstd-rust-dev-wasm32
#	npm install assemblyscript
#	RUSTC=rustc ASC=node_modules/.bin/asc sh build.sh
set -eu
cd "$(dirname "$0")"
for f in c/*.c; do
	name=$(basename "$f" .c)
	simd=
	case $name in simd-*) simd=-msimd128 ;; esac
	clang --target=wasm32 -O2 $simd -nostdlib -ffreestanding -fvisibility=hidden -Wall -Wno-unused-function -fno-builtin \
		-c -o /tmp/corpus.o "$f"
	wasm-ld --no-entry -z stack-size=65536 -o "c-$name.wasm" /tmp/corpus.o
done
for f in rust/*.rs; do
	"${RUSTC:-rustc}" --edition 2021 --target wasm32-unknown-unknown --crate-type cdylib -C opt-level=3 -C panic=abort -C strip=symbols \
		-C linker=wasm-ld -C link-arg=-zstack-size=65536 -o "rust-$(basename "$f" .rs).wasm" "$f"
done
for f in as/*.ts; do
	case $f in as/guest.ts) continue ;; esac
	"${ASC:-asc}" "$f" -O3 --runtime incremental --use abort= -o "as-$(basename "$f" .ts).wasm"
done
