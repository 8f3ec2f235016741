module fusion.training/e2e/tools/monitoring

go 1.24.0

require github.com/prometheus-operator/prometheus-operator v0.79.2
