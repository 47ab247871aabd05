using System.Net.Security;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Realtime.Edge.Tls;

/// <summary>
/// Has OpenSSL give back a connection's buffers (two of 17 KiB) whenever they are empty: SSL_MODE_RELEASE_BUFFERS,
/// which the framework neither sets nor lets be set.
/// </summary>
/// <remarks>
/// The connection's SSL object lies in a private field of the framework's stream. Where that field, its type, or the
/// version of OpenSSL is not what it was when this was written, nothing is done: it costs memory, and nothing else.
/// </remarks>
internal static partial class TlsBuffers
{
    // SSL_set_mode(3) is a macro around this number of SSL_ctrl(3).
    private const int SetMode = 33;
    private const nint ReleaseBuffers = 0x10;

    // The framework loads the newest that it finds; only of this one do we know that it is the same as ours.
    private const string Library = "libssl.so.3";
    private const int Version = 3;

    private static readonly FieldInfo? Context = typeof(SslStream).GetField(
        "_securityContext", BindingFlags.Instance | BindingFlags.NonPublic);

    /// <summary>Whether it can be had here.</summary>
    public static bool IsSupported { get; } = OperatingSystem.IsLinux()
        && Context?.FieldType is { Name: "SafeDeleteSslContext" } type && type.IsAssignableTo(typeof(SafeHandle))
        && SafeEvpPKeyHandle.OpenSslVersion >> 28 == Version
        && NativeLibrary.TryLoad(Library, out _);

    /// <summary>Has each connection of a listener release them from the end of its handshake on.</summary>
    /// <param name="listen">The listener; behind TLS.</param>
    public static void UseReleasedTlsBuffers(this ListenOptions listen) => listen.Use(next => connection =>
    {
        if (IsSupported && connection.Features.Get<ISslStreamFeature>() is { } feature)
        {
            TryRelease(feature.SslStream);
        }

        return next(connection);
    });

    /// <summary>The same for one connection that has shaken hands; nobody else may use it meanwhile.</summary>
    public static bool TryRelease(SslStream stream)
    {
        bool isHeld = false;
        if (Context?.GetValue(stream) is not SafeHandle { IsInvalid: false } handle)
        {
            return false;
        }

        try
        {
            handle.DangerousAddRef(ref isHeld);
            // SSL_CTRL_MODE answers all modes that are set now.
            bool isSet = (Control(handle.DangerousGetHandle(), SetMode, ReleaseBuffers, 0) & ReleaseBuffers) != 0;
            // Those of the handshake; if something is left in one, it is released once it is read.
            _ = FreeBuffers(handle.DangerousGetHandle());
            return isSet;
        }
        catch (ObjectDisposedException)
        {
            // The client left just now.
            return false;
        }
        finally
        {
            if (isHeld)
            {
                handle.DangerousRelease();
            }
        }
    }

    [LibraryImport(Library, EntryPoint = "SSL_ctrl")]
    private static partial nint Control(nint ssl, int command, nint number, nint pointer);

    [LibraryImport(Library, EntryPoint = "SSL_free_buffers")]
    private static partial int FreeBuffers(nint ssl);
}
