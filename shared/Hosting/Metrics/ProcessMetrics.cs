using System.Diagnostics.Metrics;
using System.Runtime.InteropServices;

namespace Realtime.Hosting.Metrics;

/// <summary>
/// The process, by the names that Prometheus' client libraries have in common, and which build it is.
/// </summary>
internal sealed class ProcessMetrics
{
    public const string MeterName = "Realtime.Process";

    public ProcessMetrics(IMeterFactory meters, ProcessReading process, MetricsOrigin origin)
    {
        Meter meter = meters.Create(MeterName);
        meter.CreateObservableCounter(
            "process_cpu_seconds_total", static () => ProcessReading.CpuSeconds, "s",
            "Processor time spent, user and system.");
        meter.CreateObservableGauge(
            "process_start_time_seconds", () => process.StartSeconds, "s", "When the process began, since 1970.");
        meter.CreateObservableGauge(
            "process_resident_memory_bytes", () => process.ResidentBytes, "By", "Memory in RAM.");
        meter.CreateObservableGauge(
            "process_working_set_bytes", () => process.ResidentBytes, "By",
            "The same, by the name that prometheus-net has for it.");
        meter.CreateObservableGauge(
            "process_private_memory_bytes", () => process.PrivateBytes, "By", "Memory that nobody shares.");
        meter.CreateObservableGauge(
            "process_virtual_memory_bytes", () => process.VirtualBytes, "By", "Address space in use.");
        meter.CreateObservableGauge(
            "process_num_threads", () => process.Threads, "{thread}", "Threads of the system.");
        meter.CreateObservableGauge(
            "process_open_handles", () => process.Handles, "{handle}", "Open files and sockets.");
        meter.CreateObservableGauge(
            "process_open_fds", () => process.Handles, "{handle}",
            "The same, by the name that most client libraries have for it.");
        meter.CreateObservableGauge(
            "process_max_fds", () => process.HandlesMax, "{handle}", "Files and sockets that may be open.");
        meter.CreateObservableGauge(
            "realtime_build_info",
            () => new Measurement<int>(
                1, new("role", origin.Role), new("version", origin.Version),
                new("runtime", RuntimeInformation.FrameworkDescription)),
            "{build}", "Always 1: what runs here.", Labels.Named("role", "version", "runtime"));
    }
}
