namespace Realtime.Loadtests.Measuring;

/// <summary>What a process cost in one interval of a run.</summary>
/// <param name="Cores">CPU seconds a second.</param>
/// <param name="ResidentBytes">Resident memory at its end.</param>
internal readonly record struct ProcessSample(double Cores, long ResidentBytes);
