// What an expert does with a bundle who has Go and none of our programs: golang.org/x/mod/sumdb opens the signed note with the key as it
// lies in the bundle, and checks each entry's proof and each stamped head's consistency. It prints what it checked, and ends with 1 at
// the first thing that is wrong.
package main

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func check(err error, what string) {
	if err != nil {
		fmt.Println("WRONG", what, err)
		os.Exit(1)
	}
}

func read(parts ...string) []byte {
	data, err := os.ReadFile(filepath.Join(parts...))
	check(err, "read")
	return data
}

func hash(text string) (h tlog.Hash) {
	data, err := base64.StdEncoding.DecodeString(text)
	check(err, "hash")
	if copy(h[:], data) != tlog.HashSize || len(data) != tlog.HashSize {
		check(fmt.Errorf("%d bytes", len(data)), "hash")
	}
	return h
}

func hashes(text string) (path []tlog.Hash) {
	for _, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		if line != "" {
			path = append(path, hash(line))
		}
	}
	return path
}

// head opens a signed note as https://c2sp.org/tlog-checkpoint has it: origin, size, root.
func head(data []byte, verifier note.Verifier) (int64, tlog.Hash) {
	opened, err := note.Open(data, note.VerifierList(verifier))
	check(err, "note")
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() || lines[3] != "" {
		check(fmt.Errorf("%q", opened.Text), "checkpoint")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	check(err, "size")
	return size, hash(lines[2])
}

func main() {
	bundle := os.Args[1]
	verifier, err := note.NewVerifier(strings.TrimSuffix(string(read(bundle, "proof", "signer.vkey")), "\n"))
	check(err, "key")
	checkpoint := read(bundle, "proof", "checkpoint.txt")
	size, root := head(checkpoint, verifier)
	fmt.Println("head", verifier.Name(), size)

	entries, _ := filepath.Glob(filepath.Join(bundle, "data", "entries", "*.json"))
	sort.Strings(entries)
	for _, name := range entries {
		digits := strings.TrimSuffix(filepath.Base(name), ".json")
		proof := read(bundle, "proof", digits+".tlog-proof")
		parts := bytes.SplitN(proof, []byte("\n\n"), 2)
		lines := strings.SplitN(string(parts[0]), "\n", 3)
		if lines[0] != "c2sp.org/tlog-proof@v1" || !bytes.Equal(parts[1], checkpoint) {
			check(fmt.Errorf("form"), "proof")
		}
		index, err := strconv.ParseInt(strings.TrimPrefix(lines[1], "index "), 10, 64)
		check(err, "index")
		path := ""
		if len(lines) == 3 {
			path = lines[2]
		}
		check(tlog.CheckRecord(hashes(path), size, root, index, tlog.RecordHash(read(name))), "entry "+digits)
		fmt.Println("entry", index)
	}

	anchors, _ := filepath.Glob(filepath.Join(bundle, "proof", "anchor-*.consistency"))
	for _, name := range anchors {
		old, was := head(read(strings.TrimSuffix(name, ".consistency")+".txt"), verifier)
		if old == size && was == root {
			fmt.Println("same", old)
			continue
		}
		check(tlog.CheckTree(hashes(string(read(name))), size, root, old, was), "consistency")
		fmt.Println("consistent", old)
	}
}
