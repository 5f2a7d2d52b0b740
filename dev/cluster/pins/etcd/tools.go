//go:build tools

// Package tools names the command that the local cluster builds from go.etcd.io/etcd.
package tools

import _ "go.etcd.io/etcd/server/v3"
