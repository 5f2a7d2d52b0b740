//go:build tools

// Package tools names the commands that the local cluster builds from github.com/prometheus/prometheus.
package tools

import (
	_ "github.com/prometheus/prometheus/cmd/prometheus"
	_ "github.com/prometheus/prometheus/cmd/promtool"
)
