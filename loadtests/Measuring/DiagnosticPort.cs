using System.Buffers.Binary;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Realtime.Loadtests.Measuring;

/// <summary>
/// The diagnostic port of a .NET process of this user, as the `dotnet-…` tools use it: sessions of events.
/// Protocol: https://github.com/dotnet/diagnostics/blob/main/documentation/design-docs/ipc-protocol.md
/// </summary>
internal static class DiagnosticPort
{
    /// <summary>Level of events that tell what happened.</summary>
    public const uint Informational = 4;

    private const int HeaderBytes = 20;
    private const byte EventPipeCommands = 0x02;
    private const byte StopTracing = 0x01;
    private const byte CollectTracing2 = 0x03;
    private const byte ServerAnswers = 0xff;
    private const byte Ok = 0x00;

    /// <summary>
    /// The ports of a process. One is its own; others may be left of killed processes that had the same id.
    /// </summary>
    public static IEnumerable<string> Of(int pid) => Directory.EnumerateFiles(
        TemporaryDirectoryOf(pid), string.Create(CultureInfo.InvariantCulture, $"dotnet-diagnostic-{pid}-*-socket"));

    /// <summary>Connects.</summary>
    /// <exception cref="SocketException">Nobody listens.</exception>
    public static async Task<NetworkStream> ConnectAsync(string port, CancellationToken stopping)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(port), stopping);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Begins a session on a connection, which carries its events from then on; its id, or null.</summary>
    /// <param name="stream">The connection.</param>
    /// <param name="provider">Who tells.</param>
    /// <param name="keywords">Of what.</param>
    /// <param name="arguments">What the provider wants to know; may be empty.</param>
    /// <param name="stopping">Ends it.</param>
    public static Task<ulong?> BeginAsync(
        NetworkStream stream, string provider, ulong keywords, string arguments, CancellationToken stopping)
    {
        // circularBufferMB, format (1 = nettrace), rundown, providers: keywords, level, name, arguments.
        using var request = new MemoryStream();
        using var writer = new BinaryWriter(request);
        writer.Write(16u);
        writer.Write(1u);
        writer.Write(false);
        writer.Write(1u);
        writer.Write(keywords);
        writer.Write(Informational);
        WriteText(writer, provider);
        WriteText(writer, arguments);
        writer.Flush();
        return CallAsync(stream, CollectTracing2, request.ToArray(), stopping);
    }

    /// <summary>Ends a session, on a connection of its own; false if there is none.</summary>
    public static async Task<bool> EndAsync(NetworkStream stream, ulong id, CancellationToken stopping)
    {
        byte[] payload = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(payload, id);
        return await CallAsync(stream, StopTracing, payload, stopping) is not null;
    }

    // The port lies in the process's own temporary directory, which need not be ours.
    private static string TemporaryDirectoryOf(int pid)
    {
        const string Variable = "TMPDIR=";
        try
        {
            string? own = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/environ"))
                .Split('\0')
                .FirstOrDefault(variable => variable.StartsWith(Variable, StringComparison.Ordinal))
                    ?[Variable.Length..];
            return Directory.Exists(own) ? own : Path.GetTempPath();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return Path.GetTempPath();
        }
    }

    // Length in UTF-16 units with the closing NUL, then these; of nothing, only the length.
    private static void WriteText(BinaryWriter writer, string text)
    {
        writer.Write(text.Length == 0 ? 0u : (uint)text.Length + 1);
        writer.Write(Encoding.Unicode.GetBytes(text.Length == 0 ? text : text + '\0'));
    }

    // Header: "DOTNET_IPC_V1" NUL, size of all, command set, command, reserved. The answer's payload is the session's
    // id.
    private static async Task<ulong?> CallAsync(
        NetworkStream stream, byte command, byte[] payload, CancellationToken stopping)
    {
        byte[] request = new byte[HeaderBytes + payload.Length];
        "DOTNET_IPC_V1\0"u8.CopyTo(request);
        BinaryPrimitives.WriteUInt16LittleEndian(request.AsSpan(14), (ushort)request.Length);
        request[16] = EventPipeCommands;
        request[17] = command;
        payload.CopyTo(request, HeaderBytes);
        await stream.WriteAsync(request, stopping);

        byte[] answer = new byte[HeaderBytes + sizeof(ulong)];
        await stream.ReadExactlyAsync(answer.AsMemory(0, HeaderBytes), stopping);
        if (answer[16] != ServerAnswers || answer[17] != Ok)
        {
            return null;
        }

        await stream.ReadExactlyAsync(answer.AsMemory(HeaderBytes), stopping);
        return BinaryPrimitives.ReadUInt64LittleEndian(answer.AsSpan(HeaderBytes));
    }
}
