namespace Realtime.Loadtests.Measuring;

/// <summary>What a process cost, interval by interval.</summary>
/// <param name="Name">What reports call it.</param>
/// <param name="Samples">As <see cref="Timeline.Seconds"/> says.</param>
internal sealed record ProcessTimeline(string Name, IReadOnlyList<ProcessSample> Samples);
