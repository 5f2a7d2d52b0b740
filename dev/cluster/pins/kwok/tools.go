//go:build tools

// Package tools names the command that the local cluster builds from sigs.k8s.io/kwok.
package tools

import _ "sigs.k8s.io/kwok/cmd/kwok"
