using System.Collections.Immutable;
using Microsoft.Extensions.Configuration;

namespace Realtime.Hosting.Configuration;

/// <summary>
/// The whole configuration, bound and checked once. It gives options only if nothing at all is wrong, so that no part
/// of a process can run on a configuration that another part refuses.
/// </summary>
internal sealed class CheckedConfiguration
{
    private readonly Dictionary<Type, object> _options = [];

    public CheckedConfiguration(IConfiguration configuration, IEnumerable<OptionsRegistration> registrations)
    {
        Type[] types = [.. registrations.Select(registration => registration.Type)];
        Errors = [.. new ConfigurationOrigins(configuration).Errors];
        if (!Errors.IsEmpty)
        {
            return; // What is missing because a file could not be read is no error of its own.
        }

        var binder = new OptionsBinder(configuration);
        foreach (Type type in types)
        {
            _options[type] = binder.Bind(type);
        }

        Errors = [.. new ConfigurationSchema(types).Check(configuration), .. binder.Errors];
    }

    /// <summary>Everything that is wrong.</summary>
    public ImmutableArray<ConfigurationError> Errors { get; }

    /// <summary>A record that was registered.</summary>
    /// <exception cref="ConfigurationErrorException">Something is wrong, here or elsewhere.</exception>
    public T Get<T>() => (T)Get(typeof(T));

    /// <inheritdoc cref="Get{T}"/>
    public object Get(Type type)
    {
        ThrowIfWrong();
        return _options[type];
    }

    /// <summary>Refuses a configuration that is wrong.</summary>
    /// <exception cref="ConfigurationErrorException">Something is wrong.</exception>
    public void ThrowIfWrong()
    {
        if (!Errors.IsEmpty)
        {
            throw new ConfigurationErrorException(Errors);
        }
    }
}
