using Microsoft.Win32.SafeHandles;

namespace Realtime.Cli.Terminals;

/// <summary>Standard input as a stream of bytes.</summary>
internal static class StandardInput
{
    /// <summary>Opens it; closing the stream leaves it open.</summary>
    public static FileStream Open() =>
        new(new SafeFileHandle(Descriptor.StandardInput, ownsHandle: false), FileAccess.Read, bufferSize: 0);
}
