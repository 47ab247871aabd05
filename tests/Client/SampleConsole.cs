namespace Realtime.Tests.Client;

/// <summary>Stands in for the console of the example, which has no end of its own: it ends at a given line.</summary>
internal sealed class SampleConsole(string lastLine)
{
    public List<string> Lines { get; } = [];

    public void WriteLine(string line)
    {
        Lines.Add(line);
        if (line == lastLine)
        {
            throw new SampleEndedException();
        }
    }

    internal sealed class SampleEndedException : Exception;
}
