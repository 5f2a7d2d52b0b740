// Pin of the Prometheus Operator, whose kinds the chart's monitors and alerts are of. Nothing of it is built.
module invoiceops.dev/dev/cluster/prometheus-operator

go 1.26.0

require github.com/prometheus-operator/prometheus-operator v0.85.0
