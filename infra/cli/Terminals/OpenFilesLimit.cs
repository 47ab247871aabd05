using System.Globalization;

namespace Realtime.Cli.Terminals;

/// <summary>
/// How many files a program may have open. The runtime raises the limit when it starts, for itself; programs that use
/// <c>select</c>, or walk through all numbers, do badly with the raised one.
/// </summary>
internal static unsafe class OpenFilesLimit
{
    // What nearly every login has; for a parent that can't be asked.
    private const ulong Usual = 1024;

    private static readonly Lock Gate = new();

    /// <summary>Does something with the limit of whoever started us: what is started meanwhile has it too.</summary>
    public static T With<T>(Func<T> start)
    {
        lock (Gate)
        {
            nuint* limits = stackalloc nuint[2];
            if (NativeProcess.GetLimit(NativeProcess.OpenFiles, limits) != 0)
            {
                return start();
            }

            nuint raised = limits[0];
            limits[0] = (nuint)Math.Min(OfParent(), raised);
            _ = NativeProcess.SetLimit(NativeProcess.OpenFiles, limits);
            try
            {
                return start();
            }
            finally
            {
                limits[0] = raised;
                _ = NativeProcess.SetLimit(NativeProcess.OpenFiles, limits);
            }
        }
    }

    // What we had ourselves is written nowhere any more; as a rule it was handed down.
    private static ulong OfParent()
    {
        const string Name = "Max open files";
        try
        {
            string file = string.Create(CultureInfo.InvariantCulture, $"/proc/{NativeProcess.Parent()}/limits");
            string line = File.ReadLines(file).First(one => one.StartsWith(Name, StringComparison.Ordinal));
            string soft = line[Name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0];
            return ulong.TryParse(soft, CultureInfo.InvariantCulture, out ulong limit) ? limit : ulong.MaxValue;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException
            or InvalidOperationException)
        {
            return Usual;
        }
    }
}
