using System.Diagnostics;
using System.Globalization;
using Realtime.Loadtests.Load;
using Realtime.Loadtests.Reports;
using Realtime.Loadtests.Scenarios;
using Realtime.Loadtests.Steps;

namespace Realtime.Loadtests.Measuring;

/// <summary>
/// Watches a run from outside: CPU in the measured time, and everything over time; tells how far it is.
/// </summary>
internal sealed class RunMonitor
{
    // A chart needs no more; a long run has longer intervals.
    private const int SamplesMax = 600;
    private const double Second = 1;

    private static readonly TimeSpan TellEvery = TimeSpan.FromSeconds(5);

    private readonly LoadWindow _window;
    private readonly Progress _progress;
    private readonly TimeProvider _time;
    private readonly StepSampler[] _steps;
    private readonly List<StepSample>[] _stepSamples;
    private readonly ProcessSampler[] _processes;
    private readonly List<ProcessSample>[] _processSamples;
    private readonly IReadOnlyList<WatchedProcess> _watched;
    private readonly List<double> _seconds = [];
    private readonly TimeSpan _interval;
    private CpuMeter? _cpu;
    private long _allocated;

    public RunMonitor(
        LoadWindow window, IReadOnlyList<Step> steps, IReadOnlyList<WatchedProcess> processes, Progress progress,
        TimeProvider time)
    {
        _window = window;
        _progress = progress;
        _time = time;
        _watched = processes;
        _steps = [.. steps.Select(step => new StepSampler(step))];
        _stepSamples = [.. steps.Select(_ => new List<StepSample>())];
        _processes = [.. processes.Select(process => new ProcessSampler(process))];
        _processSamples = [.. _processes.Select(_ => new List<ProcessSample>())];
        _interval = TimeSpan.FromSeconds(Math.Max(Second, Math.Ceiling(window.Whole.TotalSeconds / SamplesMax)));
    }

    /// <summary>Watches until the load is through, or given up.</summary>
    public async Task WatchAsync(Task loading, Func<bool> isHopeless, CancellationToken stopping)
    {
        if (_window.Warmup > TimeSpan.Zero)
        {
            _progress.Tell("warming up");
        }

        long next = _window.Start;
        long told = _window.Start;
        while (!loading.IsCompleted)
        {
            long goal = Math.Min(next, _cpu is null ? _window.From : _allocated >= 0 ? long.MaxValue : _window.Until);
            await WaitAsync(goal, loading, stopping);
            long now = Stopwatch.GetTimestamp();
            MeasureIfDue(now);
            if (now < next)
            {
                continue;
            }

            next = now + (long)(_interval.TotalSeconds * Stopwatch.Frequency);
            Sample(now);
            if (Stopwatch.GetElapsedTime(told, now) >= TellEvery)
            {
                told = now;
                Tell();
            }

            if (isHopeless())
            {
                break;
            }
        }

        Finish();
    }

    /// <summary>What was measured.</summary>
    public Measured Measured() => new(_window, _cpu!, _allocated, Timeline());

    /// <summary>The run over time.</summary>
    public Timeline Timeline() => new()
    {
        Seconds = _seconds,
        Steps =
        [
            .. _steps.Select((sampler, i) => new StepResult(
                sampler.Step.Name, sampler.Step.Done, sampler.Step.Failed, sampler.Step.FirstFailure,
                sampler.Step.Latency, _stepSamples[i])),
        ],
        Processes = [.. _processes.Select((sampler, i) => new ProcessTimeline(sampler.Name, _processSamples[i]))],
    };

    private async Task WaitAsync(long goal, Task loading, CancellationToken stopping)
    {
        TimeSpan wait = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), goal);
        if (wait > TimeSpan.Zero)
        {
            using var over = CancellationTokenSource.CreateLinkedTokenSource(stopping);
            var delay = Task.Delay(
                TimeSpan.FromMilliseconds(Math.Min(Math.Ceiling(wait.TotalMilliseconds), _interval.TotalMilliseconds)),
                _time, over.Token);
            await Task.WhenAny(loading, delay);
            await over.CancelAsync();
            stopping.ThrowIfCancellationRequested();
        }
    }

    // Below 0 stands what had been allocated when measuring began.
    private void MeasureIfDue(long now)
    {
        if (_cpu is null && now >= _window.From)
        {
            _progress.Tell("measuring");
            _cpu = CpuMeter.Start(_watched);
            _allocated = -1 - GC.GetTotalAllocatedBytes();
        }

        if (_cpu is not null && _allocated < 0 && now >= _window.Until)
        {
            StopMeasuring();
        }
    }

    private void StopMeasuring()
    {
        _cpu!.Stop();
        _allocated = GC.GetTotalAllocatedBytes() + 1 + _allocated;
    }

    private void Finish()
    {
        _cpu ??= CpuMeter.Start(_watched);
        if (_allocated < 0)
        {
            StopMeasuring();
        }

        // A short last interval would show as a spike: its counts are in the totals all the same.
        long now = Stopwatch.GetTimestamp();
        if (_seconds.Count == 0 || SecondsAt(now) - _seconds[^1] > _interval.TotalSeconds / 2)
        {
            Sample(now);
        }
    }

    private void Sample(long now)
    {
        _seconds.Add(SecondsAt(now));
        for (int i = 0; i < _steps.Length; i++)
        {
            _stepSamples[i].Add(_steps[i].Next());
        }

        for (int i = 0; i < _processes.Length; i++)
        {
            _processSamples[i].Add(_processes[i].Next(now));
        }
    }

    private double SecondsAt(long now) => (now - _window.From) / (double)Stopwatch.Frequency;

    private void Tell() => _progress.Tell(string.Join("; ", _steps.Select(sampler => Describe(sampler.Step))));

    private static string Describe(Step step) => string.Create(
        CultureInfo.InvariantCulture,
        $"{step.Name}: {step.Done:N0} ok{(step.Failed > 0 ? $", {step.Failed:N0} failed" : string.Empty)}"
        + $"{(step.Latency.Count > 0 ? $", p99 {step.Latency.Percentile(99) / 1000.0:0.0} ms" : string.Empty)}");
}
