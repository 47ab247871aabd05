using System.Globalization;
using Realtime.Tests.Chaos.Faults;
using Realtime.Tests.Support;

namespace Realtime.Tests.Chaos;

/// <summary>
/// What happened in a run, with times, and what was wrong; in <c>artifacts/chaos</c>, beside the logs of the processes,
/// which are kept if something was.
/// </summary>
internal sealed class ChaosReport
{
    private readonly Lock _gate = new();
    private readonly long _started = TimeProvider.System.GetTimestamp();
    private readonly List<string> _lines = [];
    private readonly List<string> _violations = [];
    private long _begun;
    private long _over;

    public ChaosReport(ChaosOptions options)
    {
        string name = string.Create(
            CultureInfo.InvariantCulture, $"{TimeProvider.System.GetUtcNow():yyyyMMdd-HHmmss}-{options.Seed}");
        LogDirectory = Directory.CreateDirectory(
            Path.Combine(Repository.Root, "artifacts", "chaos", name)).FullName;
        Write($"REALTIME_TEST_SEED={options.Seed} repeats this run's faults, filters and habits. {options}");
    }

    /// <summary>Where it all lies.</summary>
    public string LogDirectory { get; }

    /// <summary>What was wrong so far.</summary>
    public IReadOnlyList<string> Violations
    {
        get
        {
            lock (_gate)
            {
                return [.. _violations];
            }
        }
    }

    /// <summary>All of it.</summary>
    public string Text
    {
        get
        {
            lock (_gate)
            {
                return string.Join(Environment.NewLine, _lines);
            }
        }
    }

    /// <summary>How many faults were made.</summary>
    public int FaultsCount { get; private set; }

    public void Begins(Fault fault)
    {
        FaultsCount++;
        _begun = TimeProvider.System.GetTimestamp();
        Write($"  {fault}");
    }

    public void IsOver(Fault fault) => _over = TimeProvider.System.GetTimestamp();

    public void IsHealed(Fault fault) => Write(string.Create(
        CultureInfo.InvariantCulture,
        $"    {TimeProvider.System.GetElapsedTime(_begun, _over).TotalSeconds:0.0} s, "
            + $"healed {TimeProvider.System.GetElapsedTime(_over).TotalSeconds:0.0} s later"));

    /// <summary>Something is wrong.</summary>
    public void Violated(string what)
    {
        lock (_gate)
        {
            _violations.Add(what);
        }

        Write($"WRONG: {what}");
    }

    /// <summary>A line of its own, with the time since the beginning.</summary>
    public void Write(string line)
    {
        lock (_gate)
        {
            _lines.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"{TimeProvider.System.GetElapsedTime(_started).TotalSeconds,7:0.0} {line}"));
        }
    }

    /// <summary>Leaves it as a file; the logs go if nothing was wrong.</summary>
    /// <param name="stories">Of clients that something was wrong with, by name.</param>
    public void Save(IEnumerable<(string Name, string Story)> stories)
    {
        bool isGreen = Violations.Count == 0;
        if (isGreen)
        {
            foreach (string log in Directory.EnumerateFiles(LogDirectory, "*.log"))
            {
                File.Delete(log);
            }
        }

        foreach ((string name, string story) in stories.Take(20))
        {
            File.WriteAllText(Path.Combine(LogDirectory, $"{name}.txt"), story);
        }

        File.WriteAllText(Path.Combine(LogDirectory, "report.txt"), Text + Environment.NewLine);
    }
}
