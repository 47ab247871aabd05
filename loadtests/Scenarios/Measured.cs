using Realtime.Loadtests.Load;
using Realtime.Loadtests.Measuring;

namespace Realtime.Loadtests.Scenarios;

/// <summary>What was measured from outside while a run was in its measured time.</summary>
/// <param name="Window">When.</param>
/// <param name="Cpu">CPU of the processes in it.</param>
/// <param name="AllocatedBytes">What this process allocated in it.</param>
/// <param name="Timeline">The run over time.</param>
internal sealed record Measured(LoadWindow Window, CpuMeter Cpu, long AllocatedBytes, Timeline Timeline);
