namespace Realtime.Cli;

/// <summary>
/// What the tool says about itself, on standard error. While a program has the terminal it is held back: lines in the
/// middle of somebody's editor would be worse than late ones.
/// </summary>
internal sealed class Notices(TextWriter errors, bool isQuiet, bool isVerbose)
{
    private const int HeldMax = 100;

    private readonly Lock _gate = new();
    private List<string>? _held;

    /// <summary>Whether only errors are told.</summary>
    public bool IsQuiet => isQuiet;

    /// <summary>Something worth knowing that needs no action; not with <c>--quiet</c>.</summary>
    public void Info(string message)
    {
        if (!isQuiet)
        {
            Error(message);
        }
    }

    /// <summary>What only somebody who looks for a fault wants to know: with <c>--verbose</c>.</summary>
    public void Detail(string message)
    {
        if (isVerbose)
        {
            Error(message);
        }
    }

    /// <summary>Something is wrong, and stays so.</summary>
    public void Error(string message)
    {
        lock (_gate)
        {
            if (_held is null)
            {
                Write(message);
            }
            else if (_held.Count < HeldMax)
            {
                _held.Add(message);
            }
        }
    }

    /// <summary>Holds back what follows.</summary>
    public void Hold()
    {
        lock (_gate)
        {
            _held ??= [];
        }
    }

    /// <summary>Tells what was held back, and holds back no more.</summary>
    public void Release()
    {
        lock (_gate)
        {
            List<string> held = _held ?? [];
            _held = null;
            held.ForEach(Write);
        }
    }

    private void Write(string message)
    {
        try
        {
            errors.WriteLine($"realtime: {VisibleText.Of(message)}");
        }
        catch (IOException)
        {
            // Nobody listens any more.
        }
    }
}
