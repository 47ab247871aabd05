namespace Realtime.Tests.Chaos.Checking;

/// <summary>What one client was given of a terminal, over all its connections and absences.</summary>
internal sealed class TerminalView(string name, TerminalTruth truth)
{
    private readonly Lock _gate = new();
    private readonly List<string> _violations = [];
    private readonly Queue<string> _story = [];
    private long _next;

    public string Name => name;

    public TerminalTruth Truth => truth;

    /// <summary>The offset after the last byte that it has.</summary>
    public long Next => Interlocked.Read(ref _next);

    /// <summary>What it was told that the terminal ended with.</summary>
    public int? ExitCode { get; private set; }

    /// <summary>What it saw that can't be.</summary>
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

    /// <summary>What happened to it lately.</summary>
    public string Story
    {
        get
        {
            lock (_gate)
            {
                return string.Join(Environment.NewLine, _story);
            }
        }
    }

    /// <summary>Bytes came.</summary>
    public void Saw(long offset, ReadOnlySpan<byte> bytes)
    {
        if (offset != Next)
        {
            Failed($"got bytes from {offset} on, where {Next} is next");
        }

        if (truth.FirstDifference(offset, bytes) is { } wrong)
        {
            Failed($"got a wrong byte at {wrong} of the {bytes.Length} from {offset} on");
        }

        if (ExitCode is not null)
        {
            Failed($"got bytes at {offset} after the end");
        }

        Interlocked.Exchange(ref _next, offset + bytes.Length);
        Note($"{bytes.Length} bytes from {offset} on");
    }

    /// <summary>It was told the end.</summary>
    public void SawEnd(int exitCode)
    {
        Note($"end {exitCode}");
        ExitCode = exitCode;
    }

    /// <summary>Something that should not be.</summary>
    public void Failed(string what)
    {
        lock (_gate)
        {
            _violations.Add($"{name} of {truth.Task}: {what}");
        }

        Note(what);
    }

    /// <summary>Something that happened to it, for its story.</summary>
    public void Note(string what)
    {
        lock (_gate)
        {
            _story.Enqueue(TimeProvider.System.GetUtcNow().ToString("HH:mm:ss.fff ", null) + what);
            if (_story.Count > 200)
            {
                _story.Dequeue();
            }
        }
    }

    /// <summary>What is wrong in the end, one sentence each.</summary>
    public IEnumerable<string> Check()
    {
        List<string> wrong = [.. Violations];
        if (Next != truth.Length || ExitCode != truth.ExitCode)
        {
            wrong.Add($"missing: {name} has {Next} bytes of {truth.Task} and the exit code {ExitCode}; "
                + $"acknowledged were {truth.Length} and {truth.ExitCode}");
        }

        return wrong;
    }
}
